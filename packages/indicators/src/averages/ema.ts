import { type Indicator, requirePeriod, requireSameLength, type Value } from '../indicator.ts';

const SEEN = 0;
const VALUE = 1;
const SUM = 2;
export const EMA_SIZE = 3;

/**
 * Exponential moving average, weight 2 / (period + 1), begun with the plain average of the first
 * `period` inputs as TA-Lib begins it. In the inputs' unit. Warm-up: `period`; what is left of the
 * beginning falls below 0.1 % after four periods.
 */
export function ema(period: number): Indicator<Value> {
  requirePeriod('period', period, 1);
  const weight = 2 / (period + 1);
  return {
    warmUp: period,
    size: EMA_SIZE,
    offsets: {},
    start(state, at) {
      state.fill(0, at, at + EMA_SIZE);
      state[at + VALUE] = NaN;
    },
    step(state, at, value) {
      if (state[at + SEEN] === period) {
        const before = state[at + VALUE] ?? 0;
        state[at + VALUE] = before + weight * (value - before);
      } else begin(state, at, period, value);
      return state[at + VALUE] ?? 0;
    },
  };
}

function begin(state: Float64Array, at: number, period: number, value: number): void {
  const seen = (state[at + SEEN] ?? 0) + 1;
  const sum = (state[at + SUM] ?? 0) + value;
  state[at + SEEN] = seen;
  state[at + SUM] = sum;
  if (seen === period) state[at + VALUE] = sum / period;
}

export function emaOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 1);
  requireSameLength(values, out);
  const weight = 2 / (period + 1);
  out.fill(NaN, 0, Math.min(period - 1, out.length));
  if (values.length < period) return;
  let average = 0;
  for (let i = 0; i < period; i++) average += values[i] ?? NaN;
  average /= period;
  out[period - 1] = average;
  for (let i = period; i < values.length; i++) {
    average += weight * ((values[i] ?? NaN) - average);
    out[i] = average;
  }
}
