import { expect, test } from 'vitest';
import { barsThrough, calm, line, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { trendBreakdown } from './trend-breakdown.ts';

const parameters = {
  ...{ breakdownPeriod: 5, exitPeriod: 3, trendPeriod: 10, adxPeriod: 2, rangePeriod: 2 },
};
/** Calm for 40 bars, down by 3.1 a bar to row 49, up again. */
const bars = barsThrough([...calm(40, 110), ...line(111, 80, 10), ...line(80, 95, 8)]);

test('sells the close below the channel short, leaves above the shorter one', () => {
  const said = sayingsOn(trendBreakdown.model(parameters), bars);
  expect(wordsOf(said)).toEqual(['40: enterShort', '52: leaveShort']);
  const { direction, level, inputs } = opinionOn(said, 40);
  expect(inputs['channelLow'], 'of the five bars before, not of the bar itself').toBe(109.5);
  expect(inputs['averageTrueRange'], 'ranges of 2, then 4.1').toBeCloseTo(3.05, 9);
  expect(direction).toBe('short');
  expect(level.entry).toBe(107.9);
  expect(level.stop).toBeCloseTo(107.9 + 2 * 3.05, 9);
  expect(level.target).toBeCloseTo(107.9 - 4 * 3.05, 9);
});

test('does not sell what has no direction, nor what is above the average', () => {
  const first = barsThrough([...calm(60, 110), 109.4]);
  // As high as all others: nothing has had a direction before the last bar.
  first.high[0] = 111.5;
  const words = (adxMin: number) =>
    wordsOf(sayingsOn(trendBreakdown.model({ ...parameters, adxPeriod: 5, adxMin }), first));
  expect(words(15), 'one directional bar in five: an index of 20').toEqual(['60: enterShort']);
  expect(words(25)).toEqual([]);
  const dip = barsThrough([...line(50, 120, 130), 115, 114.5]);
  const above = trendBreakdown.model({ ...parameters, trendPeriod: 30, adxMin: 0 });
  const said = sayingsOn(above, dip);
  expect(said[130]?.parts['nearness'], 'it does close below the channel').toBe(30);
  expect(wordsOf(said)).toEqual([]);
});

test('the score rises with depth, direction and nearness', () => {
  const said = sayingsOn(trendBreakdown.model(parameters), bars);
  expect(said[40]?.parts).toMatchObject({ direction: 35, nearness: 30 });
  expect(said[45]?.parts['depth']).toBeGreaterThan(said[40]?.parts['depth'] ?? 0);
  expect(said[55]?.parts, 'back above the average, rising').toEqual({
    ...{ depth: 0, direction: 0, nearness: 0 },
  });
});
