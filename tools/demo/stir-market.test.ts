import { expect, test } from 'vitest';
import { barInTime, stretchedAway } from './stir-market.ts';

const MINUTE = 60_000;
const BEGIN = 29_000_000 * MINUTE;

test.each([
  ['begun in time', 20, 25, BEGIN],
  ['at the last moment that can be waited for', 18, 23, BEGIN],
  ['its end would be too late for a demo of a minute', 17.999, 23, null],
  ['moved in the last moment', 50, 58, BEGIN],
  ['too short before its end to move it', 50, 58.001, null],
  ['the bar after the one it began in ends too late', 55, 61, null],
])('%s', (_, startedAt, now, expected) => {
  expect(barInTime(BEGIN + startedAt * 1_000, BEGIN + now * 1_000)).toBe(expected);
});

test('a market is moved to the other side of its mean: there nothing has been said yet', () => {
  expect(stretchedAway([100, 100, 103])).toBeCloseTo(103 * 0.97, 9);
  expect(stretchedAway([100, 100, 97])).toBeCloseTo(97 * 1.03, 9);
  expect(stretchedAway([])).toBeNull();
});
