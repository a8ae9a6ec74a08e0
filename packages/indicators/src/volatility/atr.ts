import {
  type Columns,
  type HighLowClose,
  type Indicator,
  requirePeriod,
  requireSameLength,
} from '../indicator.ts';
import { rangeFrom } from './true-range.ts';

const SEEN = 0;
const PREVIOUS = 1;
const VALUE = 2;
const SUM = 3;
export const ATR_SIZE = 4;

/**
 * Average true range (Wilder, 1978): true range smoothed with weight 1 / period, begun with the
 * plain average of the first `period` ranges. A difference of prices. Warm-up: `period` + 1.
 */
export function atr(period: number): Indicator<HighLowClose> {
  requirePeriod('period', period, 1);
  const weight = 1 / period;
  return {
    warmUp: period + 1,
    size: ATR_SIZE,
    offsets: {},
    start(state, at) {
      state.fill(0, at, at + ATR_SIZE);
      state[at + VALUE] = NaN;
    },
    step(state, at, high, low, close) {
      const range = rangeFrom(state[at + PREVIOUS] ?? 0, high, low);
      state[at + PREVIOUS] = close;
      // NaN until the first average is there; written in both cases, it is never boxed.
      const before = state[at + VALUE] ?? 0;
      state[at + VALUE] = before + weight * (range - before);
      if (state[at + SEEN] !== period + 1) begin(state, at, period, range);
      return state[at + VALUE] ?? 0;
    },
  };
}

/** The first bar's range is none: there was no close before it. */
function begin(state: Float64Array, at: number, period: number, range: number): void {
  const seen = (state[at + SEEN] ?? 0) + 1;
  const sum = (state[at + SUM] ?? 0) + (seen === 1 ? 0 : range);
  state[at + SEEN] = seen;
  state[at + SUM] = sum;
  if (seen === period + 1) state[at + VALUE] = sum / period;
}

export function atrOf(columns: Columns, out: Float64Array, period: number): void {
  requirePeriod('period', period, 1);
  const { high, low, close } = columns;
  requireSameLength(out, high, low, close);
  const weight = 1 / period;
  out.fill(NaN, 0, Math.min(period, out.length));
  if (out.length <= period) return;
  let value = firstAtr(columns, period);
  out[period] = value;
  for (let i = period + 1; i < out.length; i++) {
    const range = rangeFrom(close[i - 1] ?? NaN, high[i] ?? NaN, low[i] ?? NaN);
    value += weight * (range - value);
    out[i] = value;
  }
}

/** The value at row `period`, before the smoothing begins. */
export function firstAtr({ high, low, close }: Columns, period: number): number {
  let sum = 0;
  for (let i = 1; i <= period; i++) {
    sum += rangeFrom(close[i - 1] ?? NaN, high[i] ?? NaN, low[i] ?? NaN);
  }
  return sum / period;
}
