import { expect, test } from 'vitest';
import { barsThrough, calm, line, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { growthPotential } from './growth-potential.ts';

const model = growthPotential.model({
  ...{ breakoutPeriod: 10, exitPeriod: 5, volumePeriod: 5, rangePeriod: 2 },
});
/** Calm for 30 bars, up by 2.5 a bar to row 37, down again. */
const closes = [...calm(30), ...line(101, 121, 8), ...line(121, 100, 8)];
const volumes = closes.map((_, row) => (row < 30 ? 100 : 300));

test('buys a breakout once its score is there, leaves below the low', () => {
  const said = sayingsOn(model, barsThrough(closes, { volumes }));
  expect(
    wordsOf(said),
    'row 30 breaks out with 37 points only; row 41 is the first below the low of five bars',
  ).toEqual(['31: enterLong', '41: leaveLong']);
  const { level, inputs } = opinionOn(said, 31);
  expect(inputs, 'ranges of 2, then 3.5 twice; (100 + 100 + 100 + 100 + 300) / 5').toMatchObject({
    ...{ averageTrueRange: 3.125, channelHigh: 104, volumeRatio: 300 / 140 },
  });
  expect(level).toEqual({ entry: 106, stop: 106 - 2 * 3.125, target: 106 + 6 * 3.125 });
});

test('waits for more strength where the volume does not expand', () => {
  const said = sayingsOn(model, barsThrough(closes));
  expect(wordsOf(said)).toEqual(['36: enterLong', '41: leaveLong']);
  expect(said[31]?.parts['volume']).toBe(0);
});

test('the score moves with each of its parts', () => {
  const quiet = sayingsOn(model, barsThrough(closes));
  const loud = sayingsOn(model, barsThrough(closes, { volumes }));
  expect(loud[31]?.parts).toMatchObject({ volume: 30, strength: quiet[31]?.parts['strength'] });
  const [calmly, begun, far] = [29, 31, 36].map((row) => quiet[row]?.score ?? Number.NaN);
  expect(calmly).toBeLessThan(begun ?? 0);
  expect(begun).toBeLessThan(far ?? 0);
  expect(quiet[36]?.parts['quality'], 'a straight line').toBe(30);
  expect(quiet[45]?.parts['quality'], 'a straight line down').toBe(0);
});
