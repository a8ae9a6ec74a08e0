import { expect, test } from 'vitest';
import { barsThrough, calm, known, line, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { btcTrendHybrid } from './btc-trend-hybrid.ts';

const model = btcTrendHybrid.model({
  ...{ fastPeriod: 5, slowPeriod: 10, breakoutPeriod: 5, rangePeriod: 2 },
});
/** A rise; row 45 reaches down through the fast average and closes above it. */
const bull = barsThrough([...line(100, 180, 45), 179, 182, 184, 170, 160]);
bull.low[45] = 174;

test.each([1, 2])('buys the end of a pullback in a bull market (regime %d)', (regime) => {
  const said = sayingsOn(model, bull, known({ regime }));
  expect(wordsOf(said), 'leaves below the slow average').toEqual([
    '45: enterLong',
    '48: leaveLong',
  ]);
  const { level, inputs } = opinionOn(said, 45);
  const range = inputs['averageTrueRange'] ?? 0;
  expect(range, 'ranges of 2.778, then 6.5').toBeCloseTo((1 + 80 / 45 + 6.5) / 2, 9);
  expect(inputs).toMatchObject({ kind: 1, regime });
  expect(level).toEqual({ entry: 179, stop: 179 - 2 * range, target: 179 + 4 * range });
});

test.each([-1, -2, Number.NaN])('buys nothing in regime %d', (regime) => {
  expect(wordsOf(sayingsOn(model, bull, known({ regime })))).toEqual([]);
});

test('buys a breakout in a neutral market, and no pullback', () => {
  const said = sayingsOn(
    model,
    barsThrough([...calm(45), 104, 106, 108, 100, 96]),
    known({ regime: 0 }),
  );
  expect(wordsOf(said)).toEqual(['45: enterLong', '48: leaveLong']);
  expect(opinionOn(said, 45).inputs).toMatchObject({ kind: 2, channelHigh: 101.5 });
  expect(opinionOn(said, 45).level).toEqual({ entry: 104, stop: 97, target: 118 });
});

test('leaves when the regime turns to bear', () => {
  const facts = (row: number) => known({ regime: row < 47 ? 1 : -1 });
  expect(wordsOf(sayingsOn(model, bull, facts))).toEqual(['45: enterLong', '47: leaveLong']);
});

test('the score rises with the regime, and with what the regime looks for', () => {
  const score = (regime: number, row: number) =>
    sayingsOn(model, bull, known({ regime }))[row]?.score ?? Number.NaN;
  expect(score(2, 45) - score(1, 45)).toBeCloseTo(10, 9);
  expect(score(-1, 45)).toBeLessThan(score(0, 45));
  const said = sayingsOn(model, bull, known({ regime: 1 }));
  expect(said[45]?.parts['setup'], 'nearer to the average').toBeGreaterThan(
    said[44]?.parts['setup'] ?? 30,
  );
});
