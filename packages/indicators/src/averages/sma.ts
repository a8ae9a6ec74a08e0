import {
  type Indicator,
  REFRESH_WINDOWS,
  requirePeriod,
  requireSameLength,
  stepThrough,
  type Value,
} from '../indicator.ts';
import { startSum, stepSum, sumOf, sumSize } from '../window/rolling-sum.ts';

/**
 * Simple moving average: sum of the newest `period` inputs, divided by `period`. In the inputs'
 * unit. Warm-up: `period`.
 */
export function sma(period: number): Indicator<Value> {
  requirePeriod('period', period, 1);
  return {
    warmUp: period,
    size: sumSize(period),
    offsets: {},
    start: (state, at) => startSum(state, at, period),
    step: (state, at, value) => stepSum(state, at, period, value) / period,
  };
}

export function smaOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 1);
  requireSameLength(values, out);
  out.fill(NaN, 0, Math.min(period - 1, out.length));
  for (let row = period - 1; row < values.length;) {
    const to = Math.min(row + REFRESH_WINDOWS * period, values.length);
    const begin = sumOf(values, row - period + 1, row + 1);
    out[row] = begin / period;
    if (Number.isNaN(carry(values, out, period, row + 1, to, begin))) {
      stepThrough(sma(period), values, out);
      return;
    }
    row = to;
  }
}

function carry(
  values: Float64Array,
  out: Float64Array,
  period: number,
  from: number,
  to: number,
  begin: number,
): number {
  let sum = begin;
  for (let i = from; i < to; i++) {
    sum += (values[i] ?? NaN) - (values[i - period] ?? NaN);
    out[i] = sum / period;
  }
  return sum;
}
