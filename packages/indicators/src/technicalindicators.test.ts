import * as theirs from 'technicalindicators';
import { describe, expect, test } from 'vitest';
import { ema, macd, mfi, obv, roc, rsi, sessionVwap, sma, stochastic, wma } from './index.ts';
import { adx, atr, bollinger, cci, chandelier, deviation, keltner, trueRange } from './index.ts';
import { donchian, rollingMax, rollingMin } from './index.ts';
import type { Indicator } from './indicator.ts';
import { walk } from './indicators.fixture.ts';

const columns = walk(600);
const list = (column: Float64Array): number[] => [...column];
const bars = {
  ...{ high: list(columns.high), low: list(columns.low), close: list(columns.close) },
  volume: list(columns.volume),
};
const values = bars.close;
const at = (column: Float64Array, row: number): number => column[row] ?? NaN;
const close = (row: number): [number] => [at(columns.close, row)];
const hlc = (row: number): [number, number, number] => [
  ...([at(columns.high, row), at(columns.low, row)] as const),
  at(columns.close, row),
];
const hlcv = (row: number): [number, number, number, number] => [
  ...hlc(row),
  at(columns.volume, row),
];

describe('what technicalindicators says as well, from the same row on', () => {
  test.each([1, 5, 20])('averages over %d', (period) => {
    same(ours(sma(period), close), theirs.sma({ period, values }));
    same(ours(ema(period), close), theirs.ema({ period, values }));
    same(ours(wma(period), close), theirs.wma({ period, values }));
  });

  test('ranges, bands and channels', () => {
    same(ours(trueRange(), hlc), theirs.truerange(bars));
    same(ours(atr(14), hlc), theirs.atr({ ...bars, period: 14 }));
    same(ours(deviation(20), close), theirs.sd({ period: 20, values }));
    const bands = theirs.bollingerbands({ period: 20, stdDev: 2, values });
    same(ours(bollinger(20, 2), close), pick(bands, 'middle'));
    same(ours(bollinger(20, 2), close, 'upper'), pick(bands, 'upper'));
    same(ours(bollinger(20, 2), close, 'lower'), pick(bands, 'lower'));
    const inputs = { ...bars, maPeriod: 20, atrPeriod: 10, useSMA: false, multiplier: 2 };
    const channel = theirs.keltnerchannels(inputs);
    const parameters = { period: 20, rangePeriod: 10, ranges: 2 };
    same(ours(keltner(parameters), hlc), pick(channel, 'middle'));
    same(ours(keltner(parameters), hlc, 'upper'), pick(channel, 'upper'));
    same(ours(keltner(parameters), hlc, 'lower'), pick(channel, 'lower'));
    const stops = theirs.chandelierexit({ ...bars, period: 22, multiplier: 3 });
    same(ours(chandelier(22, 3), hlc), pick(stops, 'exitLong'));
    same(ours(chandelier(22, 3), hlc, 'short'), pick(stops, 'exitShort'));
  });

  test('extremes', () => {
    same(ours(rollingMax(20), close), theirs.highest({ period: 20, values }));
    same(ours(rollingMin(20), close), theirs.lowest({ period: 20, values }));
    const pair = (row: number): [number, number] => [at(columns.high, row), at(columns.low, row)];
    const upper = theirs.highest({ period: 20, values: bars.high });
    same(ours(donchian(20), pair, 'upper'), upper);
  });

  test('rate of change, CCI, stochastic, volume-weighted price', () => {
    same(ours(roc(10), close), theirs.roc({ period: 10, values }));
    same(ours(cci(20), hlc), theirs.cci({ ...bars, period: 20 }), { within: 1e-7 });
    const fast = theirs.stochastic({ ...bars, period: 14, signalPeriod: 3 });
    const one = stochastic({ range: 14, smoothing: 1, signal: 3 });
    same(ours(one, hlc, 'd'), pick(fast.slice(2), 'd'));
    same(ours(one, hlc), pick(fast.slice(2), 'k'));
    const inputs = (row: number): [number, number, number, number, number] => [0, ...hlcv(row)];
    same(ours(sessionVwap(), inputs), theirs.vwap(bars));
  });
});

describe('where technicalindicators differs', () => {
  test('its RSI is rounded to two digits, and 100 where nothing moved', () => {
    const rounded = theirs.rsi({ period: 14, values });
    same(ours(rsi(14), close), rounded, { within: 0.00501 });
    expect(theirs.rsi({ period: 2, values: [7, 7, 7] })).toEqual([100]);
    const still = new Float64Array(rsi(2).size);
    expect([7, 7, 7].map((value) => rsi(2).step(still, 0, value))).toEqual([NaN, NaN, 50]);
  });

  test('its OBV begins with 0 at the second bar', () => {
    const first = at(columns.volume, 0);
    const all = ours(obv(), (row) => [at(columns.close, row), at(columns.volume, row)]);
    same(
      all.slice(1).map((value) => value - first),
      theirs.obv(bars),
    );
  });

  test('its MFI leaves out the first bar, and is rounded to two digits', () => {
    const rounded = theirs.mfi({ ...bars, period: 14 });
    same(ours(mfi(14), hlcv), rounded, { within: 0.00501, late: 1 });
  });

  test('its MACD begins the fast average earlier, which is forgotten', () => {
    const inputs = { fastPeriod: 12, slowPeriod: 26, signalPeriod: 9, values };
    const lines = theirs.macd({ ...inputs, SimpleMAOscillator: false, SimpleMASignal: false });
    const parameters = { fast: 12, slow: 26, signal: 9 };
    const settled = { settled: 300 };
    same(ours(macd(parameters), close), pick(lines.slice(8), 'MACD'), settled);
    same(ours(macd(parameters), close, 'signal'), pick(lines.slice(8), 'signal'), settled);
    same(ours(macd(parameters), close, 'histogram'), pick(lines.slice(8), 'histogram'), settled);
  });

  test('its ADX begins its sums with one more bar, which is forgotten', () => {
    const lines = theirs.adx({ ...bars, period: 14 });
    const settled = { settled: 450, within: 1e-6 };
    same(ours(adx(14), hlc), pick(lines, 'adx'), settled);
    same(ours(adx(14), hlc, 'plus').slice(13), pick(lines, 'pdi'), settled);
    same(ours(adx(14), hlc, 'minus').slice(13), pick(lines, 'mdi'), settled);
  });
});

/** Values of one output, from the first that is none of the warm-up. */
function ours<Inputs extends readonly number[], Output extends string>(
  indicator: Indicator<Inputs, Output>,
  inputs: (row: number) => Inputs,
  output?: Output,
): number[] {
  const state = new Float64Array(indicator.size);
  indicator.start(state, 0);
  const all = bars.close.map((_, row) => {
    const main = indicator.step(state, 0, ...inputs(row));
    return output === undefined ? main : at(state, indicator.offsets[output]);
  });
  return all.slice(all.findIndex((value) => !Number.isNaN(value)));
}

function pick(rows: readonly unknown[], key: string): number[] {
  return rows.map((row) => Number(new Map(Object.entries(Object(row))).get(key)));
}

/**
 * Both have the same number of values (theirs `late` fewer), and from the value `settled` on they
 * are equal.
 */
function same(
  mine: readonly number[],
  other: readonly number[],
  { within, late = 0, settled = 0 }: { within?: number; late?: number; settled?: number } = {},
): void {
  const compared = mine.slice(late);
  expect(compared.length, 'warm-up').toBe(other.length);
  for (let i = settled; i < compared.length; i++) {
    const expected = other[i] ?? NaN;
    const bound = within ?? 1e-9 * Math.max(1, Math.abs(expected));
    const difference = Math.abs((compared[i] ?? NaN) - expected);
    expect(difference, `value ${i}`).toBeLessThanOrEqual(bound);
  }
  expect(compared.length).toBeGreaterThan(settled + 100);
}
