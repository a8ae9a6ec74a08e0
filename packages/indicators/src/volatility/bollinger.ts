import {
  type Indicator,
  requireMultiple,
  requirePeriod,
  requireSameLength,
  type Value,
} from '../indicator.ts';
import { eachMoments } from '../window/moments-of.ts';
import { MEAN, momentsSize, startMoments, stepMoments, trustOf } from '../window/moments.ts';
import type { ChannelColumns } from '../window/rolling-extremes.ts';

const UPPER = 0;
const LOWER = 1;
const MOMENTS = 2;

/**
 * Bollinger bands (Bollinger on Bollinger Bands, 2001; usual 20 and 2): the plain average of the
 * newest `period` inputs, and that plus and minus `deviations` population standard deviations. In
 * the inputs' unit; returns the middle. Warm-up: `period`.
 */
export function bollinger(period: number, deviations: number): Indicator<Value, 'upper' | 'lower'> {
  requirePeriod('period', period, 2);
  requireMultiple('deviations', deviations);
  const trust = trustOf(period);
  return {
    warmUp: period,
    size: MOMENTS + momentsSize(period),
    offsets: { upper: UPPER, lower: LOWER },
    start(state, at) {
      state.fill(NaN, at, at + MOMENTS);
      startMoments(state, at + MOMENTS, period);
    },
    step(state, at, value) {
      const width = deviations * stepMoments(state, at + MOMENTS, period, trust, value);
      const middle = state[at + MOMENTS + MEAN] ?? NaN;
      state[at + UPPER] = middle + width;
      state[at + LOWER] = middle - width;
      return middle;
    },
  };
}

export function bollingerOf(
  values: Float64Array,
  out: ChannelColumns,
  period: number,
  deviations: number,
): void {
  requirePeriod('period', period, 2);
  requireMultiple('deviations', deviations);
  const { upper, middle, lower } = out;
  requireSameLength(values, upper, middle, lower);
  const head = Math.min(period - 1, values.length);
  for (const column of [upper, middle, lower]) column.fill(NaN, 0, head);
  eachMoments(values, period, (from, to, mean, deviation) => {
    for (let i = from; i < to; i++) {
      const centre = mean[i - from] ?? NaN;
      const width = deviations * (deviation[i - from] ?? NaN);
      middle[i] = centre;
      upper[i] = centre + width;
      lower[i] = centre - width;
    }
  });
}
