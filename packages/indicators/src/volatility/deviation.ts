import { type Indicator, requirePeriod, requireSameLength, type Value } from '../indicator.ts';
import { eachMoments } from '../window/moments-of.ts';
import {
  DEVIATION,
  MEAN,
  momentsSize,
  startMoments,
  stepMoments,
  trustOf,
} from '../window/moments.ts';

/**
 * Population standard deviation of the newest `period` inputs (divided by n, as Bollinger and
 * TA-Lib have it), with their `mean`. In the inputs' unit. Warm-up: `period`.
 */
export function deviation(period: number): Indicator<Value, 'mean'> {
  requirePeriod('period', period, 2);
  const trust = trustOf(period);
  return {
    warmUp: period,
    size: momentsSize(period),
    offsets: { mean: MEAN },
    start: (state, at) => startMoments(state, at, period),
    step: (state, at, value) => stepMoments(state, at, period, trust, value),
  };
}

/**
 * How many standard deviations the newest input is from the mean of the newest `period`. No unit.
 * Warm-up: `period`. Where all are equal it is 0.
 */
export function zScore(period: number): Indicator<Value, 'mean' | 'deviation'> {
  requirePeriod('period', period, 2);
  const trust = trustOf(period);
  return {
    warmUp: period,
    size: momentsSize(period),
    offsets: { mean: MEAN, deviation: DEVIATION },
    start: (state, at) => startMoments(state, at, period),
    step(state, at, value) {
      const width = stepMoments(state, at, period, trust, value);
      return width === 0 ? 0 : (value - (state[at + MEAN] ?? NaN)) / width;
    },
  };
}

export function deviationOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 2);
  requireSameLength(values, out);
  out.fill(NaN, 0, Math.min(period - 1, out.length));
  eachMoments(values, period, (from, to, _mean, width) => {
    for (let i = from; i < to; i++) out[i] = width[i - from] ?? NaN;
  });
}

export function zScoreOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 2);
  requireSameLength(values, out);
  out.fill(NaN, 0, Math.min(period - 1, out.length));
  eachMoments(values, period, (from, to, mean, width) => {
    for (let i = from; i < to; i++) {
      const one = width[i - from] ?? NaN;
      out[i] = one === 0 ? 0 : ((values[i] ?? NaN) - (mean[i - from] ?? NaN)) / one;
    }
  });
}
