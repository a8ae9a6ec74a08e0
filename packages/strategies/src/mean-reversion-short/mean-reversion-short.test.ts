import { expect, test } from 'vitest';
import { barsThrough, calm, line, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { meanReversionShort } from './mean-reversion-short.ts';

const parameters = { bandPeriod: 10, strengthPeriod: 3, trendPeriod: 40, rangePeriod: 2 };
const bear = [...line(160, 100, 40), ...calm(11)];

test('sells the rally short when it comes back inside the band, leaves at the middle', () => {
  const closes = [...bear, 107, 105, 102, 100, 101];
  const said = sayingsOn(meanReversionShort.model(parameters), barsThrough(closes));
  expect(wordsOf(said)).toEqual(['52: enterShort', '54: leaveShort']);
  const { direction, level, inputs } = opinionOn(said, 52);
  const mean = closes.slice(43, 53).reduce((sum, close) => sum + close, 0) / 10;
  expect(direction).toBe('short');
  expect(level.target).toBeCloseTo(mean, 9);
  expect(level.stop).toBeCloseTo(105 + 2 * (inputs['averageTrueRange'] ?? 0), 9);
  expect(inputs['rallyStrength'], 'of the bar above the band').toBeGreaterThan(80);
});

test('gives the idea up after barsMax bars', () => {
  const closes = [...bear, 107, 105, 104.5, 104, 104, 104, 104];
  const words = (barsMax: number) =>
    wordsOf(sayingsOn(meanReversionShort.model({ ...parameters, barsMax }), barsThrough(closes)));
  expect(words(20)).toEqual(['52: enterShort']);
  expect(words(2)).toEqual(['52: enterShort', '54: leaveShort']);
});

test('does not sell in a bull market, nor a rally that was none', () => {
  const bull = barsThrough([...line(40, 100, 40), ...calm(11), 107, 105, 102]);
  expect(wordsOf(sayingsOn(meanReversionShort.model(parameters), bull))).toEqual([]);
  const shy = barsThrough([...bear, 101.6, 101.4, 101.3]);
  expect(
    wordsOf(sayingsOn(meanReversionShort.model({ ...parameters, strengthHigh: 50 }), shy)),
  ).toEqual([]);
  const through = barsThrough([...bear, 107, 100.5]);
  expect(wordsOf(sayingsOn(meanReversionShort.model(parameters), through))).toEqual([]);
  const picky = meanReversionShort.model({ ...parameters, strengthHigh: 90 });
  expect(wordsOf(sayingsOn(picky, barsThrough([...bear, 107, 105, 102])))).toEqual([]);
});

test('the score is highest at the top of the rally', () => {
  const closes = barsThrough([...bear, 107, 105, 102, 100]);
  const said = sayingsOn(meanReversionShort.model(parameters), closes);
  const [before, top, after] = [50, 51, 54].map((row) => said[row]?.score ?? Number.NaN);
  expect(top).toBeGreaterThan(before ?? 100);
  expect(top).toBeGreaterThan(after ?? 100);
  expect(said[51]?.parts).toMatchObject({ rally: 40, exhaustion: 30 });
});
