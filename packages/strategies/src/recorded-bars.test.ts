import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { MEAN_REVERSION_DEFAULTS, meanReversion } from './mean-reversion.ts';
import { MOMENTUM_DEFAULTS, momentum } from './momentum.ts';
import { startRun } from './strategy-run.ts';
import type { NumericBar, Opinion, Strategy } from './strategy.ts';

const bitcoin = recordedBarsFile();

test.skipIf(!bitcoin.present)('momentum on recorded BTCUSDT (needs ../shared/data)', () => {
  const bars = bitcoin.read().slice(0, 1_440);
  const opinions = opinionsOn(momentum(), bars);
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
  const bars = bitcoin.read().slice(0, 1_440);
  const opinions = opinionsOn(meanReversion(), bars);
  const first = opinions.findIndex((opinion) => opinion !== null);
  expect(first).toBe(121);
  const closes = bars.slice(102, 122).map((bar) => bar.close);
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
  const bars = bitcoin.read().slice(0, 5_000);
  compare(momentum({ ...MOMENTUM_DEFAULTS, shortAllowed: false }), momentum());
  compare(meanReversion({ ...MEAN_REVERSION_DEFAULTS, shortAllowed: false }), meanReversion());

  function compare<State>(longOnly: Strategy<State>, both: Strategy<State>): void {
    const given = opinionsOn(longOnly, bars);
    const free = opinionsOn(both, bars);
    expect(given).toEqual(free.map((opinion) => (opinion?.direction === 'short' ? null : opinion)));
    expect(countOf(given)).toBeGreaterThan(10);
  }
});

function opinionsOn<State>(
  strategy: Strategy<State>,
  bars: readonly NumericBar[],
): (Opinion | null)[] {
  const started = startRun(strategy);
  return bars.map((bar) => started.step(bar));
}

function countOf(opinions: readonly (Opinion | null)[]): number {
  return opinions.filter((opinion) => opinion !== null).length;
}

/** ByBit's own one-minute bars, 30 days of 2025; not part of the repository. */
function recordedBarsFile(): {
  readonly present: boolean;
  read(): NumericBar[];
} {
  const path = '../../../../shared/data/crypto/bybit-linear/1m/BTCUSDT_1m_2025.csv.gz';
  const url = new URL(path, import.meta.url);
  return {
    present: existsSync(url),
    read: () =>
      gunzipSync(readFileSync(url)).toString('utf8').trim().split('\n').slice(1).map(parseRow),
  };
}

function parseRow(row: string): NumericBar {
  const fields = row.split(',').map(Number);
  const at = (column: number): number => fields[column] ?? Number.NaN;
  return { openTime: at(0), open: at(1), high: at(2), low: at(3), close: at(4), volume: at(5) };
}
