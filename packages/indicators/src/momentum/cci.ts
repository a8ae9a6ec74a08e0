import { smaOf } from '../averages/sma.ts';
import {
  type Columns,
  type HighLowClose,
  type Indicator,
  REFRESH_WINDOWS,
  requirePeriod,
  requireSameLength,
} from '../indicator.ts';
import { startSum, stepSum, sumSize } from '../window/rolling-sum.ts';

const POSITION = 0;
const RING = 1;
/** Lambert's constant: three quarters of the values lie between -100 and 100. */
const SCALE = 0.015;

/**
 * Commodity channel index (Lambert, 1980): how far the typical price (high + low + close) / 3 is
 * from its mean of `period` bars, in mean absolute deviations times 0.015. No unit. Warm-up:
 * `period`. The deviation is taken from the whole window at each step: there is no shorter way.
 * A window without deviation is 0, and so is one whose deviation is no more than what rounding the
 * mean leaves, where TA-Lib gives 66.7 with a sign of chance.
 */
export function cci(period: number): Indicator<HighLowClose> {
  requirePeriod('period', period, 2);
  const sum = RING + period;
  return {
    warmUp: period,
    size: sum + sumSize(period),
    offsets: {},
    start(state, at) {
      state.fill(0, at, at + RING + period);
      startSum(state, at + sum, period);
    },
    step(state, at, high, low, close) {
      const typical = (high + low + close) / 3;
      const position = state[at + POSITION] ?? 0;
      state[at + RING + position] = typical;
      const oldest = position + 1 === period ? 0 : position + 1;
      state[at + POSITION] = oldest;
      const mean = stepSum(state, at + sum, period, typical) / period;
      const begin = at + RING;
      const older = distances(state, begin + oldest, begin + period, mean, 0);
      return index(typical, mean, distances(state, begin, begin + oldest, mean, older), period);
    },
  };
}

function distances(
  values: Float64Array,
  from: number,
  to: number,
  mean: number,
  begin: number,
): number {
  let sum = begin;
  for (let i = from; i < to; i++) sum += Math.abs((values[i] ?? NaN) - mean);
  return sum;
}

function index(typical: number, mean: number, distance: number, period: number): number {
  const noise = REFRESH_WINDOWS * period * period * Number.EPSILON * Math.abs(mean);
  return distance <= noise ? 0 : (typical - mean) / ((SCALE / period) * distance);
}

export function cciOf(columns: Columns, out: Float64Array, period: number): void {
  requirePeriod('period', period, 2);
  const { high, low, close } = columns;
  requireSameLength(out, high, low, close);
  const typical = new Float64Array(out.length);
  for (let i = 0; i < typical.length; i++) {
    typical[i] = ((high[i] ?? NaN) + (low[i] ?? NaN) + (close[i] ?? NaN)) / 3;
  }
  smaOf(typical, out, period);
  for (let i = period - 1; i < out.length; i++) {
    const mean = out[i] ?? NaN;
    const distance = distances(typical, i - period + 1, i + 1, mean, 0);
    out[i] = index(typical[i] ?? NaN, mean, distance, period);
  }
}
