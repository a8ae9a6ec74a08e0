import {
  type Indicator,
  REFRESH_WINDOWS,
  requirePeriod,
  requireSameLength,
  stepThrough,
  type Value,
} from '../indicator.ts';
import {
  startWeighted,
  stepWeighted,
  SUM,
  takeWeighted,
  weightedSize,
  type WeightedSums,
} from '../window/weighted-sum.ts';

/**
 * Slope of the least-squares line through the newest `period` inputs (TA-Lib LINEARREG_SLOPE): the
 * inputs' unit per bar. Warm-up: `period`.
 */
export function slope(period: number): Indicator<Value> {
  requirePeriod('period', period, 2);
  const middle = (period + 1) / 2;
  const squares = squaresOf(period);
  return {
    warmUp: period,
    size: weightedSize(period),
    offsets: {},
    start: (state, at) => startWeighted(state, at, period),
    step(state, at, value) {
      const weighted = stepWeighted(state, at, period, value);
      return (weighted - middle * (state[at + SUM] ?? 0)) / squares;
    },
  };
}

export function slopeOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 2);
  requireSameLength(values, out);
  const middle = (period + 1) / 2;
  const squares = squaresOf(period);
  const sums: WeightedSums = { shift: 0, sum: 0, weighted: 0 };
  out.fill(NaN, 0, Math.min(period - 1, out.length));
  for (let row = period - 1; row < values.length;) {
    const to = Math.min(row + REFRESH_WINDOWS * period, values.length);
    takeWeighted(sums, values, row, period);
    out[row] = (sums.weighted - middle * sums.sum) / squares;
    if (Number.isNaN(carry(values, out, period, row + 1, to, sums))) {
      stepThrough(slope(period), values, out);
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
  const middle = (period + 1) / 2;
  const squares = squaresOf(period);
  let { sum, weighted } = begin;
  for (let i = from; i < to; i++) {
    const entering = (values[i] ?? NaN) - shift;
    weighted += period * entering - sum;
    sum += entering - ((values[i - period] ?? NaN) - shift);
    out[i] = (weighted - middle * sum) / squares;
  }
  return weighted;
}

/** Sum of the squared distances of 1 … period to their mean. */
function squaresOf(period: number): number {
  return (period * (period * period - 1)) / 12;
}
