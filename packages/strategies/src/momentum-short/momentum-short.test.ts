import { expect, test } from 'vitest';
import { barsThrough, calm, line, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { momentumShort } from './momentum-short.ts';

const parameters = {
  ...{ fastPeriod: 3, slowPeriod: 6, signalPeriod: 3, fallPeriod: 10, rangePeriod: 2 },
};
/** Calm, a fall to row 47, a rally to row 51, the fall goes on to row 59, a rise. */
const bars = barsThrough([
  ...[...calm(40, 120), ...line(121, 100, 8), ...line(100, 104, 4)],
  ...[...line(104, 85, 8), ...line(85, 110, 10)],
]);

test('sells short where a fall gathers speed again, leaves when the line is above zero', () => {
  const said = sayingsOn(momentumShort.model(parameters), bars);
  expect(wordsOf(said)).toEqual(['53: enterShort', '62: leaveShort']);
  const { level, inputs } = opinionOn(said, 53);
  const range = inputs['averageTrueRange'] ?? 0;
  expect(inputs['fall']).toBeCloseTo((110.5 - 99.25) / (range * Math.sqrt(10)), 9);
  expect(inputs['histogram']).toBeLessThan(0);
  expect(inputs['line']).toBeLessThan(0);
  expect(level).toEqual({
    ...{ entry: 99.25, stop: 99.25 + 2 * range, target: 99.25 - 4 * range },
  });
});

test('a fall that is not far enough for its range is not sold', () => {
  const picky = momentumShort.model({ ...parameters, fallMin: 1.2 });
  expect(wordsOf(sayingsOn(picky, bars))).toEqual([]);
});

test('the score follows the fall, and is nothing in a rise', () => {
  const said = sayingsOn(momentumShort.model(parameters), bars);
  expect(said[47]?.score, 'at the end of the first fall').toBeGreaterThan(said[42]?.score ?? 100);
  expect(said[51]?.parts['turn'], 'in the rally').toBe(0);
  expect(said[69]?.score).toBe(0);
});
