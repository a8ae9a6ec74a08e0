import { expect, test } from 'vitest';
import { barsThrough, line, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { momentum } from './momentum.ts';

const parameters = { fastPeriod: 3, slowPeriod: 6, rangePeriod: 2 };
/** Falls from before its warm-up ends on row 24 to row 29, rises to row 34, falls. */
const bars = barsThrough([...line(120, 100, 30), ...line(100, 110, 5), ...line(110, 100, 5)]);

test('follows each strong cross once, leaves when the averages have crossed back', () => {
  const said = sayingsOn(momentum.model(parameters), bars);
  expect(
    wordsOf(said),
    'the fall that began in the warm-up is not spoken of; row 37 crosses, row 38 is strong',
  ).toEqual(['32: enterLong', '37: leaveLong', '38: enterShort']);
  const { level, inputs } = opinionOn(said, 32);
  const range = inputs['averageTrueRange'] ?? 0;
  expect(level).toEqual({ entry: 106, stop: 106 - 2 * range, target: 106 + 4 * range });
  expect(inputs['strength']).toBeGreaterThanOrEqual(0.25);
});

test('says nothing of a cross that stays weak', () => {
  const picky = momentum.model({ ...parameters, strengthMin: 5 });
  expect(wordsOf(sayingsOn(picky, bars))).toEqual([]);
});

test('the score says how far the averages have to move for the next entry', () => {
  const said = sayingsOn(momentum.model(parameters), bars);
  expect(said[32]?.parts['nearness'], 'they are there').toBe(60);
  expect(said[31]?.parts['nearness'], 'a bar before').toBeLessThan(60);
  expect(said[33]?.score, 'the next one is on the other side').toBeLessThan(60);
  expect(said[37]?.score, 'crossed back, not yet strong').toBeGreaterThan(said[36]?.score ?? 100);
  const long = sayingsOn(momentum.model({ ...parameters, shortAllowed: false }), bars);
  expect(long[32]?.score).toBe(said[32]?.score);
  expect(long[36]?.score, 'before the cross back there is no next entry').toBe(0);
});
