import {
  type Indicator,
  REFRESH_WINDOWS,
  requirePeriod,
  requireSameLength,
  stepThrough,
  type Value,
} from '../indicator.ts';
import {
  SHIFT,
  startWeighted,
  stepWeighted,
  takeWeighted,
  weightedSize,
  type WeightedSums,
} from '../window/weighted-sum.ts';

/**
 * Weighted moving average: weights 1 for the oldest of `period` inputs up to `period` for the
 * newest, divided by their sum. In the inputs' unit. Warm-up: `period`.
 */
export function wma(period: number): Indicator<Value> {
  requirePeriod('period', period, 1);
  const weights = (period * (period + 1)) / 2;
  return {
    warmUp: period,
    size: weightedSize(period),
    offsets: {},
    start: (state, at) => startWeighted(state, at, period),
    step(state, at, value) {
      const weighted = stepWeighted(state, at, period, value);
      return (state[at + SHIFT] ?? 0) + weighted / weights;
    },
  };
}

export function wmaOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 1);
  requireSameLength(values, out);
  const weights = (period * (period + 1)) / 2;
  const sums: WeightedSums = { shift: 0, sum: 0, weighted: 0 };
  out.fill(NaN, 0, Math.min(period - 1, out.length));
  for (let row = period - 1; row < values.length;) {
    const to = Math.min(row + REFRESH_WINDOWS * period, values.length);
    takeWeighted(sums, values, row, period);
    out[row] = sums.shift + sums.weighted / weights;
    if (Number.isNaN(carry(values, out, period, row + 1, to, sums))) {
      stepThrough(wma(period), values, out);
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
  begin: Readonly<WeightedSums>,
): number {
  const { shift } = begin;
  const weights = (period * (period + 1)) / 2;
  let { sum, weighted } = begin;
  for (let i = from; i < to; i++) {
    const entering = (values[i] ?? NaN) - shift;
    weighted += period * entering - sum;
    sum += entering - ((values[i - period] ?? NaN) - shift);
    out[i] = shift + weighted / weights;
  }
  return weighted;
}
