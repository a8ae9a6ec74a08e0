import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Columns } from '@ballast/indicators';
import { describe, expect, test } from 'vitest';
import {
  changingFacts,
  columnsFrom,
  firstRows,
  sayingsAsTheyCome,
  sayingsOn,
  walk,
} from './bars.fixture.ts';
import { meanReversion } from './mean-reversion/mean-reversion.ts';
import type { Opinion, Strategy } from './model.ts';
import { momentum } from './momentum/momentum.ts';
import { ALL_STRATEGIES } from './registry.ts';
import { startRun } from './strategy-run.ts';

/** ByBit's own one-minute bars, 30 days of 2025. */
const bitcoin = recordedBars('crypto/bybit-linear/1m/BTCUSDT_1m_2025.csv.gz');

test.skipIf(!bitcoin.present)('momentum on recorded BTCUSDT (needs ../shared/data)', () => {
  const opinions = opinionsOn(momentum, bitcoin.read(1_440));
  const first = opinions.findIndex((opinion) => opinion !== null);
  expect(first, 'the 105th bar is the first after 4 x 26 bars of warm-up').toBe(104);
  expect(
    opinions[first],
    'entry at the close; stop 2 x 47.901 above, target 4 x 47.901 below',
  ).toEqual({
    direction: 'short',
    level: {
      entry: 105909.3,
      stop: expect.closeTo(106005.10203, 4),
      target: expect.closeTo(105717.69594, 4),
    },
    inputs: {
      close: 105909.3,
      emaFast: expect.closeTo(106036.83375, 4),
      emaSlow: expect.closeTo(106051.2623, 4),
      averageTrueRange: expect.closeTo(47.90101, 4),
      // (106036.83375 - 106051.26230) / 47.90101: the fast average is 0.3 ranges below the slow one
      strength: expect.closeTo(-0.30122, 4),
      strengthMin: 0.25,
      stopRanges: 2,
      targetStops: 2,
    },
  });
  expect(countOf(opinions), 'a cross that proves strong about every 40 minutes').toBe(32);
});

test.skipIf(!bitcoin.present)('mean reversion on recorded BTCUSDT (needs ../shared/data)', () => {
  const bars = bitcoin.read(1_440);
  const opinions = opinionsOn(meanReversion, bars);
  const first = opinions.findIndex((opinion) => opinion !== null);
  expect(first).toBe(121);
  const closes = [...bars.close.slice(102, 122)];
  const mean = closes.reduce((sum, close) => sum + close, 0) / 20;
  const squares = closes.reduce((sum, close) => sum + (close - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / 20);
  expect(opinions[first], 'rise of 2.66 deviations: short, back to the mean of 20 closes').toEqual({
    direction: 'short',
    level: {
      entry: 106301.3,
      stop: expect.closeTo(106301.3 + 1.5 * deviation, 6),
      target: expect.closeTo(mean, 6),
    },
    inputs: {
      close: 106301.3,
      mean: expect.closeTo(106051.885, 6),
      standardDeviation: expect.closeTo(93.843696, 5),
      zScore: expect.closeTo(2.65777, 4),
      relativeStrength: expect.closeTo(75.77665, 4),
      zScoreMin: 2,
      strengthLow: 30,
      stopDeviations: 1.5,
    },
  });
  expect(countOf(opinions)).toBe(24);
});

test.skipIf(!bitcoin.present)('no short opinion when shorts are not allowed', () => {
  const bars = bitcoin.read(5_000);
  for (const strategy of [momentum, meanReversion]) {
    const given = opinionsOn(strategy, bars, { shortAllowed: false });
    const free = opinionsOn(strategy, bars);
    expect(given).toEqual(free.map((opinion) => (opinion?.direction === 'short' ? null : opinion)));
    expect(countOf(given)).toBeGreaterThan(10);
  }
});

const RECORDED = [
  'crypto/bybit-linear/1h/BTCUSDT_1h.csv.gz',
  'crypto/bybit-linear/5m/ETHUSDT_5m.csv.gz',
  'equities/us-daily-2013-2018/AAPL_1d.csv.gz',
].map((file) => ({ file, bars: recordedBars(file) }));

describe.each(ALL_STRATEGIES)('$name on recorded bars', (strategy) => {
  const model = strategy.model();
  const ROWS = 4_000;

  test.skipIf(!bitcoin.present).each(RECORDED)(
    'speaks of real entries in $file (needs ../shared/data)',
    ({ bars }) => {
      const columns = bars.read(ROWS);
      const opinions = sayingsOn(model, columns, changingFacts).flatMap((said) => said.opinions);
      const [first] = opinions.filter((opinion) => opinion !== null);
      expect(first).toBeDefined();
      for (const opinion of opinions) {
        if (opinion === null) continue;
        const { entry, stop, target } = opinion.level;
        const sign = opinion.direction === 'long' ? 1 : -1;
        expect(Math.min(entry, stop, target)).toBeGreaterThan(0);
        expect(sign * (entry - stop)).toBeGreaterThan(0);
        expect(sign * (target - entry)).toBeGreaterThan(0);
        expect(Object.values(opinion.inputs).every(Number.isFinite)).toBe(true);
      }
    },
  );

  test.skipIf(!bitcoin.present).each(RECORDED)(
    'says the same of $file whatever comes after (needs ../shared/data)',
    ({ bars }) => {
      const columns = bars.read(ROWS);
      const whole = sayingsOn(model, columns, changingFacts);
      const half = Math.floor(columns.close.length / 2);
      const removed = sayingsOn(model, firstRows(columns, half), changingFacts);
      expect(removed).toEqual(whole.slice(0, half));
      const later = walk(columns.close.length, 31);
      expect(sayingsAsTheyCome(model, columns, changingFacts, later)).toEqual(whole);
    },
  );
});

function opinionsOn(
  strategy: Strategy,
  { openTime, open, high, low, close, volume }: Columns,
  parameters: unknown = {},
): (Opinion | null)[] {
  const started = startRun(strategy, parameters);
  return Array.from(close, (last, row) => {
    const at = (column: Float64Array): number => column[row] ?? Number.NaN;
    return started.step({
      ...{ openTime: at(openTime), open: at(open), high: at(high), low: at(low) },
      ...{ close: last, volume: at(volume) },
    });
  });
}

function countOf(opinions: readonly (Opinion | null)[]): number {
  return opinions.filter((opinion) => opinion !== null).length;
}

/** Recorded bars, not part of the repository. */
function recordedBars(file: string): { readonly present: boolean; read(rows?: number): Columns } {
  const url = new URL(`../../../../shared/data/${file}`, import.meta.url);
  return {
    present: existsSync(url),
    read: (rows = Infinity) => columnsFrom(gunzipSync(readFileSync(url)).toString('utf8'), rows),
  };
}
