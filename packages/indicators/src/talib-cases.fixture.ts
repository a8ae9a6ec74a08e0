import { ema } from './averages/ema.ts';
import { slope } from './averages/slope.ts';
import { sma } from './averages/sma.ts';
import { wma } from './averages/wma.ts';
import type { Columns, HighLowClose, Indicator, Value } from './indicator.ts';
import { adx } from './momentum/adx.ts';
import { cci } from './momentum/cci.ts';
import { efficiencyRatio } from './momentum/efficiency-ratio.ts';
import { macd } from './momentum/macd.ts';
import { mfi } from './momentum/mfi.ts';
import { obv } from './momentum/obv.ts';
import { roc } from './momentum/roc.ts';
import { rsi } from './momentum/rsi.ts';
import { stochastic } from './momentum/stochastic.ts';
import { atr } from './volatility/atr.ts';
import { bollinger } from './volatility/bollinger.ts';
import { deviation, zScore } from './volatility/deviation.ts';
import { keltner } from './volatility/keltner.ts';
import { trueRange } from './volatility/true-range.ts';
import { donchian, rollingMax, rollingMin } from './window/rolling-extremes.ts';

export type Table = { readonly columns: Columns; values(column: string): Float64Array };

type Expected = string | ((table: Table) => Float64Array);
export type Case = {
  readonly name: string;
  run(columns: Columns): Record<string, Float64Array>;
  readonly expected: Record<string, Expected>;
};

/** Every indicator that TA-Lib has too, or that can be told from what it has. */
export const CASES: readonly Case[] = [
  ...[20, 30, 50].map((n) => onClose(`sma(${n})`, sma(n), { main: `SMA_${n}` })),
  ...[9, 12, 26, 30, 50].map((n) => onClose(`ema(${n})`, ema(n), { main: `EMA_${n}` })),
  ...[20, 30].map((n) => onClose(`wma(${n})`, wma(n), { main: `WMA_${n}` })),
  onClose('slope(14)', slope(14), { main: 'LINEARREG_SLOPE_14' }),
  ...[7, 14, 21].map((n) => onClose(`rsi(${n})`, rsi(n), { main: `RSI_${n}` })),
  ...[10, 20].map((n) => onClose(`roc(${n})`, roc(n), { main: `ROC_${n}` })),
  ...[20, 30].map((n) => onClose(`rollingMax(${n})`, rollingMax(n), { main: `MAX_${n}` })),
  ...[20, 30].map((n) => onClose(`rollingMin(${n})`, rollingMin(n), { main: `MIN_${n}` })),
  ...[
    [12, 26, 9],
    [5, 35, 5],
  ].map(([fast = 0, slow = 0, signal = 0]) => {
    const name = `MACD_${fast}_${slow}_${signal}`;
    return onClose(`macd(${fast}, ${slow}, ${signal})`, macd({ fast, slow, signal }), {
      ...{ main: `${name}:MACD`, signal: `${name}:MACDSignal`, histogram: `${name}:MACDHist` },
    });
  }),
  ...[5, 20].map((n) => onClose(`deviation(${n})`, deviation(n), { main: `STDDEV_${n}_1` })),
  ...[5, 20].map((n) =>
    onClose(`bollinger(${n}, 2)`, bollinger(n, 2), {
      main: `BBANDS_${n}_2_2_0:RealMiddleBand`,
      upper: `BBANDS_${n}_2_2_0:RealUpperBand`,
      lower: `BBANDS_${n}_2_2_0:RealLowerBand`,
    }),
  ),
  onClose('zScore(20)', zScore(20), {
    main: combined('close', 'SMA_20', 'STDDEV_20_1', (c, mean, width) => (c - mean) / width),
    mean: 'SMA_20',
    deviation: 'STDDEV_20_1',
  }),
  ...[10, 30].map((n) => ({
    name: `efficiencyRatio(${n}), as the adaptive average made of it`,
    run: ({ close }: Columns) => ({ main: adaptiveAverage(close, n) }),
    expected: { main: `KAMA_${n}` },
  })),
  onRange('trueRange', trueRange(), { main: 'TRANGE' }),
  ...[7, 14].map((n) => onRange(`atr(${n})`, atr(n), { main: `ATR_${n}` })),
  onRange('adx(7)', adx(7), { main: 'ADX_7' }),
  onRange('adx(14)', adx(14), { main: 'ADX_14', plus: 'PLUS_DI_14', minus: 'MINUS_DI_14' }),
  ...[14, 20].map((n) => onRange(`cci(${n})`, cci(n), { main: `CCI_${n}` })),
  ...[5, 14].map((n) =>
    onRange(`stochastic(${n})`, stochastic({ range: n, smoothing: 3, signal: 3 }), {
      ...{ main: `STOCH_${n}_3_0_3_0:SlowK`, d: `STOCH_${n}_3_0_3_0:SlowD` },
    }),
  ),
  onRange('stochastic(5), fast', stochastic({ range: 5, smoothing: 1, signal: 3 }), {
    ...{ main: 'STOCHF_5_3_0:FastK', d: 'STOCHF_5_3_0:FastD' },
  }),
  onRange('keltner(9, 7)', keltner({ period: 9, rangePeriod: 7, ranges: 2 }), {
    main: 'EMA_9',
    upper: combined('close', 'EMA_9', 'ATR_7', (_, middle, range) => middle + 2 * range),
    lower: combined('close', 'EMA_9', 'ATR_7', (_, middle, range) => middle - 2 * range),
  }),
  stepsOf('donchian(14)', donchian(14), (c, i) => [c.high[i] ?? NaN, c.low[i] ?? NaN], {
    main: 'MIDPRICE_14',
  }),
  stepsOf('obv', obv(), (c, i) => [c.close[i] ?? NaN, c.volume[i] ?? NaN], { main: 'OBV' }),
  ...[7, 14].map((n) =>
    stepsOf(`mfi(${n})`, mfi(n), (c, i) => [...highLowClose(c, i), c.volume[i] ?? NaN], {
      main: `MFI_${n}`,
    }),
  ),
];

function stepsOf<Inputs extends readonly number[], Output extends string>(
  name: string,
  indicator: Indicator<Inputs, Output>,
  inputs: (columns: Columns, row: number) => Inputs,
  expected: Record<string, Expected>,
): Case {
  const offsets = new Map<string, number>(Object.entries(indicator.offsets));
  const run = (columns: Columns): Record<string, Float64Array> => {
    const state = new Float64Array(indicator.size);
    indicator.start(state, 0);
    const out: Record<string, Float64Array> = {};
    for (const output of Object.keys(expected))
      out[output] = new Float64Array(columns.close.length);
    for (let row = 0; row < columns.close.length; row++) {
      const main = indicator.step(state, 0, ...inputs(columns, row));
      for (const [output, column] of Object.entries(out)) {
        column[row] = output === 'main' ? main : (state[offsets.get(output) ?? NaN] ?? NaN);
      }
    }
    return out;
  };
  return { name, run, expected };
}

function onClose<Output extends string>(
  name: string,
  indicator: Indicator<Value, Output>,
  expected: Record<string, Expected>,
): Case {
  return stepsOf(name, indicator, (columns, row) => [columns.close[row] ?? NaN], expected);
}

function onRange<Output extends string>(
  name: string,
  indicator: Indicator<HighLowClose, Output>,
  expected: Record<string, Expected>,
): Case {
  return stepsOf(name, indicator, highLowClose, expected);
}

function highLowClose({ high, low, close }: Columns, row: number): [number, number, number] {
  return [high[row] ?? NaN, low[row] ?? NaN, close[row] ?? NaN];
}

/** A column of our own making from three of TA-Lib's. */
function combined(
  a: string,
  b: string,
  c: string,
  make: (a: number, b: number, c: number) => number,
): Expected {
  return (table) => {
    const [second, third] = [table.values(b), table.values(c)];
    return table.values(a).map((x, i) => make(x, second[i] ?? NaN, third[i] ?? NaN));
  };
}

/** Kaufman's adaptive average as TA-Lib begins it: with the last close before the first ratio. */
function adaptiveAverage(close: Float64Array, period: number): Float64Array {
  const indicator = efficiencyRatio(period);
  const state = new Float64Array(indicator.size);
  indicator.start(state, 0);
  const [fast, slow] = [2 / 3, 2 / 31];
  let average = close[period - 1] ?? NaN;
  return close.map((value) => {
    const ratio = indicator.step(state, 0, value);
    if (Number.isNaN(ratio)) return NaN;
    average += (ratio * (fast - slow) + slow) ** 2 * (value - average);
    return average;
  });
}
