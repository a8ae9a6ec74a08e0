import { EMA_SIZE, ema } from '../averages/ema.ts';
import {
  type Columns,
  type HighLowClose,
  type Indicator,
  requireMultiple,
  requirePeriod,
  requireSameLength,
} from '../indicator.ts';
import type { ChannelColumns } from '../window/rolling-extremes.ts';
import { atr, firstAtr } from './atr.ts';
import { rangeFrom } from './true-range.ts';

const SEEN = 0;
const UPPER = 1;
const LOWER = 2;
const AVERAGE = 3;
const RANGE = AVERAGE + EMA_SIZE;

export type KeltnerParameters = {
  /** Bars of the exponential average of closes. */
  readonly period: number;
  /** Bars of the average true range. */
  readonly rangePeriod: number;
  /** Average true ranges from the middle to each side. */
  readonly ranges: number;
};

/**
 * Keltner channel in Raschke's form (usual 20, 10 and 2): exponential average of closes, and that
 * plus and minus a multiple of the average true range. Prices; returns the middle. Warm-up: the
 * later of `period` and `rangePeriod` + 1, of all three alike.
 */
export function keltner(parameters: KeltnerParameters): Indicator<HighLowClose, 'upper' | 'lower'> {
  requireParameters(parameters);
  const { period, rangePeriod, ranges } = parameters;
  const average = ema(period);
  const range = atr(rangePeriod);
  const warmUp = Math.max(average.warmUp, range.warmUp);
  return {
    warmUp,
    size: RANGE + range.size,
    offsets: { upper: UPPER, lower: LOWER },
    start(state, at) {
      state[at + SEEN] = 0;
      state.fill(NaN, at + UPPER, at + AVERAGE);
      average.start(state, at + AVERAGE);
      range.start(state, at + RANGE);
    },
    step(state, at, high, low, close) {
      const seen = Math.min((state[at + SEEN] ?? 0) + 1, warmUp);
      state[at + SEEN] = seen;
      const middle = average.step(state, at + AVERAGE, close);
      const width = ranges * range.step(state, at + RANGE, high, low, close);
      if (seen < warmUp) return NaN;
      state[at + UPPER] = middle + width;
      state[at + LOWER] = middle - width;
      return middle;
    },
  };
}

export function keltnerOf(
  columns: Columns,
  out: ChannelColumns,
  parameters: KeltnerParameters,
): void {
  requireParameters(parameters);
  const { high, low, close } = columns;
  const { upper, middle, lower } = out;
  requireSameLength(close, high, low, upper, middle, lower);
  const { ranges } = parameters;
  const warmUp = Math.max(parameters.period, parameters.rangePeriod + 1);
  for (const column of [upper, middle, lower]) column.fill(NaN, 0, warmUp - 1);
  if (close.length < warmUp) return;
  const begin = keltnerAt(columns, warmUp - 1, parameters);
  let { average, range } = begin;
  middle[warmUp - 1] = average;
  upper[warmUp - 1] = average + ranges * range;
  lower[warmUp - 1] = average - ranges * range;
  const weight = 2 / (parameters.period + 1);
  const rangeWeight = 1 / parameters.rangePeriod;
  for (let i = warmUp; i < close.length; i++) {
    const now = rangeFrom(close[i - 1] ?? NaN, high[i] ?? NaN, low[i] ?? NaN);
    range += rangeWeight * (now - range);
    average += weight * ((close[i] ?? NaN) - average);
    const width = ranges * range;
    middle[i] = average;
    upper[i] = average + width;
    lower[i] = average - width;
  }
}

/** Both averages at a row where both have a value. */
export function keltnerAt(
  columns: Columns,
  row: number,
  { period, rangePeriod }: KeltnerParameters,
): { readonly average: number; readonly range: number } {
  const { high, low, close } = columns;
  let average = 0;
  for (let i = 0; i < period; i++) average += close[i] ?? NaN;
  average /= period;
  for (let i = period; i <= row; i++) {
    average += (2 / (period + 1)) * ((close[i] ?? NaN) - average);
  }
  let range = firstAtr(columns, rangePeriod);
  for (let i = rangePeriod + 1; i <= row; i++) {
    const now = rangeFrom(close[i - 1] ?? NaN, high[i] ?? NaN, low[i] ?? NaN);
    range += (1 / rangePeriod) * (now - range);
  }
  return { average, range };
}

function requireParameters({ period, rangePeriod, ranges }: KeltnerParameters): void {
  requirePeriod('period', period, 1);
  requirePeriod('rangePeriod', rangePeriod, 1);
  requireMultiple('ranges', ranges);
}
