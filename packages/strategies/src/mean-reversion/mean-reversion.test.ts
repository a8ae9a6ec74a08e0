import { expect, test } from 'vitest';
import { barsThrough, calm, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { meanReversion } from './mean-reversion.ts';

const parameters = { meanPeriod: 10, strengthPeriod: 3 };
const closes = [...calm(20), 94, 96, 99, 101, 107, 103, 99];

test('takes a stretched price back to its mean, both ways, and leaves there', () => {
  const said = sayingsOn(meanReversion.model(parameters), barsThrough(closes));
  expect(wordsOf(said)).toEqual([
    ...['20: enterLong', '23: leaveLong', '24: enterShort', '26: leaveShort'],
  ]);
  const { level, inputs } = opinionOn(said, 20);
  const mean = (5 * 101 + 4 * 100 + 94) / 10;
  const deviation = Math.sqrt(
    closes.slice(11, 21).reduce((sum, close) => sum + (close - mean) ** 2, 0) / 10,
  );
  expect(inputs['mean']).toBeCloseTo(mean, 9);
  expect(level.target).toBeCloseTo(mean, 9);
  expect(level.stop).toBeCloseTo(94 - 1.5 * deviation, 9);
});

test('speaks again of a new stretch, though the price has not come back to the mean', () => {
  const twice = barsThrough([...calm(20), 94, 98.6, 98.4, 90, 89]);
  expect(wordsOf(sayingsOn(meanReversion.model(parameters), twice))).toEqual([
    ...['20: enterLong', '23: enterLong'],
  ]);
});

test('the score is all there is where stretch and strength are as wanted', () => {
  const said = sayingsOn(meanReversion.model(parameters), barsThrough(closes));
  expect(said[20]?.parts).toEqual({ stretch: 50, exhaustion: 50 });
  expect(said[22]?.score).toBeLessThan(50);
});
