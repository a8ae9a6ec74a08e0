import { expect, test } from 'vitest';
import { barsThrough, line, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { bounceScanner } from './bounce-scanner.ts';

const parameters = { trendPeriod: 20, exitPeriod: 3, volumePeriod: 5, rangePeriod: 2 };
/** A rise to 100 on row 39, sold out on row 41, back above the short average on row 44. */
const closes = [...line(50, 100, 40), 98, 93, 91, 90, 92, 98];
const volumes = (climax: number) => closes.map((_, row) => (row === 41 ? climax : 100));

test('buys what was sold out on a climax of volume, leaves when it has bounced', () => {
  const bars = barsThrough(closes, { volumes: volumes(250) });
  const said = sayingsOn(bounceScanner.model(parameters), bars);
  expect(wordsOf(said)).toEqual(['41: enterLong', '44: leaveLong']);
  const { level, inputs } = opinionOn(said, 41);
  expect(
    inputs,
    'ranges of 2.25, then 3 and 6; the climax is not in its own average',
  ).toMatchObject({
    ...{ averageTrueRange: 4.3125, volumeRatio: 2.5 },
  });
  expect(level).toEqual({ entry: 93, stop: 93 - 3 * 4.3125, target: 93 + 3 * 4.3125 });
});

test('gives the bounce up after barsMax bars', () => {
  const bars = barsThrough(closes, { volumes: volumes(250) });
  const said = sayingsOn(bounceScanner.model({ ...parameters, barsMax: 2 }), bars);
  expect(wordsOf(said)).toEqual(['41: enterLong', '43: leaveLong']);
});

test('buys nothing without a climax, without volume at all, or below the long average', () => {
  for (const climax of [149, 0]) {
    const bars = barsThrough(closes, { volumes: volumes(climax) });
    expect(wordsOf(sayingsOn(bounceScanner.model(parameters), bars))).toEqual([]);
  }
  const none = barsThrough(closes, { volumes: closes.map(() => 0) });
  expect(wordsOf(sayingsOn(bounceScanner.model(parameters), none))).toEqual([]);
  const falling = [...line(150, 101, 40), 98, 93, 91];
  const below = barsThrough(falling, { volumes: volumes(250) });
  expect(wordsOf(sayingsOn(bounceScanner.model(parameters), below))).toEqual([]);
});

test('buys nothing that is above the average it would leave at', () => {
  const dip = barsThrough([...line(50, 100, 40), 97], { volumes: [...Array(40).fill(100), 250] });
  const words = (exitPeriod: number) =>
    wordsOf(sayingsOn(bounceScanner.model({ ...parameters, strengthLow: 50, exitPeriod }), dip));
  expect(words(2)).toEqual(['40: enterLong']);
  expect(words(10)).toEqual([]);
});

test('the score adds trend, oversold and climax', () => {
  const bars = barsThrough(closes, { volumes: volumes(250) });
  const said = sayingsOn(bounceScanner.model(parameters), bars);
  expect(said[39]?.parts, 'a rise that goes on').toEqual({ trend: 30, oversold: 0, climax: 0 });
  expect(said[41]?.parts['climax'], '1.5 of 3 averages above the usual').toBe(15);
  expect(said[41]?.parts['oversold'], 'relative strength of 9.43').toBeCloseTo(32.453, 3);
});
