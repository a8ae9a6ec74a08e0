import { expect, test } from 'vitest';
import { barsThrough, known, line, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { btcTrendShort } from './btc-trend-short.ts';

const parameters = {
  ...{ fastPeriod: 5, slowPeriod: 20, squeezePeriod: 5, squeezeBars: 3, rangePeriod: 2 },
};
const pullbacks = btcTrendShort.model({ ...parameters, squeezeBars: 100 });
/** A fall of one a bar; row 80 reaches up through the fast average and closes below it. */
const bear = barsThrough([...line(200, 120, 80), 121, 120, 118, 116, 120, 126, 130]);
bear.high[80] = 125;
const paid = known({ fundingRate: 0.0001 });

test('sells the end of a pullback short, leaves a range above the fast average', () => {
  const said = sayingsOn(pullbacks, bear, paid);
  expect(wordsOf(said)).toEqual(['80: enterShort', '86: leaveShort']);
  const { level, inputs } = opinionOn(said, 80);
  expect(inputs, 'ranges of 2, then 5.5').toMatchObject({
    ...{ kind: 1, averageTrueRange: 3.75, fundingRate: 0.0001 },
  });
  expect(level).toEqual({ entry: 121, stop: 121 + 2 * 3.75, target: 121 - 4 * 3.75 });
});

test('does not sell where funding costs too much, nor where it is not known', () => {
  expect(wordsOf(sayingsOn(pullbacks, bear, known({ fundingRate: -0.0002 })))).toEqual([]);
  expect(wordsOf(sayingsOn(pullbacks, bear, known()))).toEqual([]);
  expect(wordsOf(sayingsOn(pullbacks, bear, known({ fundingRate: -0.0001 })))).toHaveLength(2);
});

test('sells the breakdown of a squeeze short', () => {
  const wide = Array.from({ length: 6 }, (_, i) => 126 + 3 * (i % 2));
  const narrow = Array.from({ length: 12 }, (_, i) => 124 + (i % 2) * 0.2);
  const closes = [...line(200, 120, 80), ...wide, ...narrow, 120, 117, 115, 113, 118, 125, 132];
  // Between the wide and the narrow bars lies a hole, which would be a breakdown of its own.
  const said = sayingsOn(
    btcTrendShort.model({ ...parameters, squeezeBars: 5 }),
    barsThrough(closes),
    paid,
  );
  expect(wordsOf(said)).toEqual(['98: enterShort', '104: leaveShort']);
  expect(opinionOn(said, 98).inputs).toMatchObject({ kind: 2, channelLow: 123.5 });
  expect(said[97]?.parts['setup'], 'squeezed for long enough').toBe(40);
});

test('does not sell what falls long after the squeeze', () => {
  const wide = Array.from({ length: 6 }, (_, i) => 126 + 3 * (i % 2));
  const narrow = Array.from({ length: 12 }, (_, i) => 124 + (i % 2) * 0.2);
  const after = (bars: number) => {
    const rise = line(124.2, 124.2 + 2 * bars, bars);
    return barsThrough([...line(200, 120, 80), ...wide, ...narrow, ...rise, 115, 110]);
  };
  const breakdowns = (bars: number) =>
    sayingsOn(btcTrendShort.model({ ...parameters, squeezeBars: 5 }), after(bars), paid).filter(
      ({ row, opinions }) => row >= 98 && opinions[0]?.inputs['kind'] === 2,
    ).length;
  expect([1, 3, 9].map(breakdowns)).toEqual([1, 1, 0]);
});

test('the score adds trend, setup and funding', () => {
  const said = sayingsOn(pullbacks, bear, paid);
  const free = sayingsOn(pullbacks, bear, known({ fundingRate: -0.0001 }));
  expect((said[80]?.score ?? 0) - (free[80]?.score ?? 0)).toBeCloseTo(20, 9);
  expect(sayingsOn(pullbacks, bear, known())[80]?.parts['funding']).toBe(0);
  expect(said[80]?.parts['setup'], 'nearer to the average than before').toBeGreaterThan(
    said[79]?.parts['setup'] ?? 40,
  );
  const bull = sayingsOn(pullbacks, barsThrough(line(100, 200, 120)), paid);
  expect(bull[119]?.parts).toMatchObject({ trend: 0, setup: 0 });
});
