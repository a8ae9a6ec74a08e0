import { expect, test } from 'vitest';
import { barsThrough, line, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { rangeFade } from './range-fade.ts';

const parameters = { bandPeriod: 10, adxPeriod: 5, rangePeriod: 2, adxMax: 40, adxLeave: 60 };
const range = Array.from({ length: 56 }, (_, i) => 100 + ([0, 1.5, -1, 0.5, -1.5, 1][i % 6] ?? 0));
/** Below the lower band on row 56, above the upper on row 63. */
const closes = [...range, 96.5, 98, 99, 101, 100, 99, 101, 104.5, 102.3, 101, 99];

test('fades both edges back to the middle', () => {
  const said = sayingsOn(rangeFade.model(parameters), barsThrough(closes));
  expect(wordsOf(said)).toEqual([
    ...['57: enterLong', '59: leaveLong', '64: enterShort', '66: leaveShort'],
  ]);
  for (const [row, sign] of [
    [57, 1],
    [64, -1],
  ] as const) {
    const { level, inputs } = opinionOn(said, row);
    const mean = closes.slice(row - 9, row + 1).reduce((sum, close) => sum + close, 0) / 10;
    expect(level.target).toBeCloseTo(mean, 9);
    expect(level.entry - level.stop).toBeCloseTo(sign * 1.5 * (inputs['averageTrueRange'] ?? 0), 9);
  }
});

test('sells nothing short where it may not, and fades nothing that has a trend', () => {
  const longOnly = rangeFade.model({ ...parameters, shortAllowed: false });
  expect(wordsOf(sayingsOn(longOnly, barsThrough(closes)))).toEqual([
    ...['57: enterLong', '59: leaveLong'],
  ]);
  const picky = rangeFade.model({ ...parameters, adxMax: 30 });
  expect(wordsOf(sayingsOn(picky, barsThrough(closes)))).toEqual([]);
});

test('does not fade what went through the middle in one bar', () => {
  for (const [out, back] of [
    [96.5, 103],
    [104.5, 97],
  ] as const) {
    const through = barsThrough([...range, out, back]);
    const said = sayingsOn(rangeFade.model(parameters), through);
    expect(said[56]?.parts['edge'], 'beyond the band').toBe(50);
    expect(wordsOf(said)).toEqual([]);
  }
});

test('leaves when a trend has begun', () => {
  const falling = [...closes.slice(0, 58), ...line(98, 70, 8)];
  const words = wordsOf(sayingsOn(rangeFade.model(parameters), barsThrough(falling)));
  expect(words).toEqual(['57: enterLong', expect.stringMatching(/leaveLong$/)]);
});

test('the score is highest at an edge of a still market', () => {
  const said = sayingsOn(
    rangeFade.model(parameters),
    barsThrough([...closes, ...line(99, 70, 12)]),
  );
  expect(said[56]?.parts['edge']).toBe(50);
  expect(said[58]?.parts['edge']).toBeLessThan(25);
  expect(said[78]?.parts['stillness'], 'a trend').toBe(0);
});
