import { expect, test } from 'vitest';
import { barsThrough, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { btcSwing } from './btc-swing.ts';

const parameters = { rangeBars: 5, smoothing: 2, trendPeriod: 20, rangePeriod: 2, extreme: 30 };
/** Swings of 19 bars on a rise of one a bar. */
const rise = Array.from({ length: 60 }, (_, i) => 100 + i + 8 * Math.sin(i / 3));
const fall = rise.map((close) => 300 - close);

test('buys the swings up of a rise, leaves where they turn back', () => {
  const said = sayingsOn(btcSwing.model(parameters), barsThrough(rise));
  expect(wordsOf(said)).toEqual(['32: enterLong', '42: leaveLong', '51: enterLong']);
  const { level, inputs } = opinionOn(said, 32);
  const range = inputs['averageTrueRange'] ?? 0;
  const entry = rise[32] ?? 0;
  expect(level).toEqual({ entry, stop: entry - 2 * range, target: entry + 4 * range });
  expect(inputs['k']).toBeGreaterThan(inputs['d'] ?? 100);
  expect(inputs['d']).toBeLessThan(30);
});

test('sells the mirror image short, where it may', () => {
  const said = sayingsOn(btcSwing.model(parameters), barsThrough(fall));
  expect(wordsOf(said)).toEqual(['32: enterShort', '42: leaveShort', '51: enterShort']);
  expect(opinionOn(said, 32).level.stop).toBeGreaterThan(opinionOn(said, 32).level.entry);
  const longOnly = btcSwing.model({ ...parameters, shortAllowed: false });
  expect(wordsOf(sayingsOn(longOnly, barsThrough(fall)))).toEqual([]);
});

test('trades nothing without a trend, and leaves when the trend has changed sides', () => {
  const steep = btcSwing.model({ ...parameters, slopeMin: 1 });
  expect(wordsOf(sayingsOn(steep, barsThrough(rise)))).toEqual([]);
  const turned = [...rise.slice(0, 33), ...Array.from({ length: 20 }, (_, i) => 122 - 3 * i)];
  const words = wordsOf(sayingsOn(btcSwing.model(parameters), barsThrough(turned)));
  expect(words.slice(0, 2)).toEqual(['32: enterLong', expect.stringMatching(/leaveLong/)]);
});

test('the score is high at the low end of a swing in a rise, low at its high end', () => {
  const said = sayingsOn(btcSwing.model(parameters), barsThrough(rise));
  expect(said[32]?.parts['swing']).toBe(50);
  expect(said[41]?.parts['swing']).toBe(0);
});
