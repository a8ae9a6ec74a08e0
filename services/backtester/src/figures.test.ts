import { expect, test } from 'vitest';
import { dailyEquity, figuresOf } from './figures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BEGIN = Date.UTC(2026, 0, 1);
const of = { session: 'continuous', seed: 'a' } as const;

test('equity of a day is that of its last bar, with the cash of the day before in front', () => {
  const time = Float64Array.of(BEGIN + HOUR, BEGIN + 23 * HOUR, BEGIN + DAY, BEGIN + 3 * DAY);
  const equity = { time, value: Float64Array.of(90, 110, 121, 60.5) };
  const daily = dailyEquity({ equity }, 100);
  expect([...daily.time]).toEqual([BEGIN - DAY, BEGIN, BEGIN + DAY, BEGIN + 3 * DAY]);
  expect([...daily.value]).toEqual([100, 110, 121, 60.5]);
  expect(figuresOf({ trades: [] }, daily, of)).toMatchObject({
    totalReturn: { value: expect.closeTo(-0.395, 12) },
    maximumDrawdown: { value: expect.closeTo(-0.5, 12) },
    winShare: { value: null, reason: 'SAMPLE_TOO_SHORT' },
    dailyMeanLow: { value: null, reason: 'SAMPLE_TOO_SHORT' },
    permutationP: { value: expect.closeTo(0.625, 1) },
  });
});

test('a record that hardly ever falls is told as what luck does not show', () => {
  const value = Float64Array.from({ length: 61 }, (_, at) => 100 * 1.01 ** at - (at % 3));
  const time = value.map((_, at) => BEGIN + at * DAY);
  const figures = figuresOf({ trades: [] }, { time, value }, of);
  expect(figures.probabilisticSharpe.value).toBeGreaterThan(0.99);
  expect(figures.minimumTrackRecordDays.value).toBeLessThan(60);
  expect(figures.dailyMeanLow.value).toBeGreaterThan(0);
  expect(figures.permutationP.value).toBeLessThan(0.01);
  expect(figuresOf({ trades: [] }, { time, value }, of)).toEqual(figures);
  expect(figuresOf({ trades: [] }, { time, value }, { ...of, seed: 'b' })).not.toEqual(figures);
});

test('a run that never traded has a reason in the place of each figure of luck', () => {
  const value = new Float64Array(40).fill(100);
  const time = value.map((_, at) => BEGIN + at * DAY);
  const none = { value: null, reason: 'SAMPLE_WITHOUT_VARIANCE' };
  expect(figuresOf({ trades: [] }, { time, value }, of)).toMatchObject({
    ...{ probabilisticSharpe: none, minimumTrackRecordDays: none },
    ...{ dailyMeanLow: none, dailyMeanHigh: none, permutationP: none },
  });
});
