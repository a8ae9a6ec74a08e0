import { nextUnit, type Prng } from '@ballast/sim-core';
import { normalCumulative, normalQuantile } from './normal.ts';
import { quantileOfSorted } from './quantile.ts';
import {
  checkBetween,
  checkRange,
  checkSample,
  checkWhole,
  finite,
  refuse,
  type Sample,
  valueAt,
} from './sample.ts';

/** Gets one and the same array each time, filled anew: it must not keep it. */
export type Statistic = (sample: Float64Array) => number;

export type Interval = { readonly low: number; readonly high: number };

export type BootstrapOptions = {
  /**
   * Mean length of a block: `automaticBlockLength`, or 1 for values that do not depend on each
   * other. From the length of the sample on, each resample is the whole of it, rotated.
   */
  readonly blockLength: number;
  readonly resamples: number;
  /** Advanced in place. */
  readonly prng: Prng;
};

/** Eight bytes each. */
export const RESAMPLES_MAX = 1_000_000;

/**
 * Estimates of `statistic` on resamples made of blocks whose lengths are geometric, wrapped
 * around the end, so that what is made is stationary and neighbours stay together.
 * Source: Politis and Romano, "The Stationary Bootstrap" (1994).
 *
 * @throws SAMPLE_TOO_SHORT (< 2), SAMPLE_NOT_FINITE, PARAMETER_OUT_OF_RANGE, what `statistic`
 *   throws, and RESULT_NOT_FINITE for what it answers
 */
export function stationaryBootstrap(
  values: Sample,
  statistic: Statistic,
  { blockLength, resamples, prng }: BootstrapOptions,
): Float64Array {
  checkSample(values, 'values', 2);
  checkRange(blockLength, 'blockLength', 1);
  checkWhole(resamples, 'resamples', 1, RESAMPLES_MAX);
  const count = values.length;
  const breakShare = blockLength >= count ? 0 : 1 / blockLength;
  const source = Float64Array.from(values);
  const resample = new Float64Array(count);
  const estimates = new Float64Array(resamples);
  for (let done = 0; done < resamples; done++) {
    let from = Math.floor(nextUnit(prng) * count);
    for (let at = 0; at < count; at++) {
      resample[at] = source[from] ?? Number.NaN;
      if (breakShare > 0 && nextUnit(prng) < breakShare) from = Math.floor(nextUnit(prng) * count);
      else from = from + 1 === count ? 0 : from + 1;
    }
    estimates[done] = finite(statistic(resample), 'statistic');
  }
  return estimates;
}

/**
 * Two-sided percentile interval: the quantiles (1 - c) / 2 and (1 + c) / 2 of the estimates.
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
 * @throws SAMPLE_TOO_SHORT (none), SAMPLE_NOT_FINITE, PARAMETER_OUT_OF_RANGE
 */
export function percentileInterval(estimates: Sample, confidence: number): Interval {
  checkSample(estimates, 'estimates');
  checkBetween(confidence, 'confidence', 0, 1);
  const sorted = Float64Array.from(estimates).toSorted();
  return {
    low: quantileOfSorted(sorted, (1 - confidence) / 2),
    high: quantileOfSorted(sorted, (1 + confidence) / 2),
  };
}

/**
 * Bias-corrected and accelerated interval, for values that do not depend on each other: for
 * returns in time use the stationary bootstrap with percentiles. Estimates equal to that of the
 * sample count half as below it, as scipy has it.
 * Source: Efron, "Better Bootstrap Confidence Intervals" (1987).
 *
 * @param estimates of `stationaryBootstrap` with blocks of 1
 * @throws SAMPLE_TOO_SHORT (< 3), SAMPLE_WITHOUT_VARIANCE; RESULT_NOT_FINITE where the sample's
 *   own estimate lies outside of all resamples
 */
export function acceleratedInterval(
  values: Sample,
  statistic: Statistic,
  estimates: Sample,
  confidence: number,
): Interval {
  checkSample(estimates, 'estimates');
  checkBetween(confidence, 'confidence', 0, 1);
  const acceleration = jackknifeAcceleration(values, statistic);
  const own = finite(statistic(Float64Array.from(values)), 'statistic');
  let below = 0;
  for (let at = 0; at < estimates.length; at++) {
    const estimate = valueAt(estimates, at);
    below += estimate < own ? 1 : estimate === own ? 0.5 : 0;
  }
  const share = below / estimates.length;
  if (share === 0 || share === 1) refuse('RESULT_NOT_FINITE', `share ${share} lies below`);
  const bias = normalQuantile(share);
  const sorted = Float64Array.from(estimates).toSorted();
  const bound = (p: number): number => {
    const shifted = bias + normalQuantile(p);
    const stretch = 1 - acceleration * shifted;
    if (stretch <= 0) refuse('RESULT_NOT_FINITE', `acceleration ${acceleration} is too strong`);
    return quantileOfSorted(sorted, normalCumulative(bias + shifted / stretch));
  };
  return { low: bound((1 - confidence) / 2), high: bound((1 + confidence) / 2) };
}

/** Σd³ / (6·(Σd²)^1.5) over what each value left out changes. Source: Efron (1987). */
export function jackknifeAcceleration(values: Sample, statistic: Statistic): number {
  checkSample(values, 'values', 3);
  const all = Array.from(values);
  const partial = all.map((_, out) => {
    const rest = Float64Array.from(all.filter((_value, at) => at !== out));
    return finite(statistic(rest), 'statistic');
  });
  const centre = partial.reduce((sum, value) => sum + value, 0) / partial.length;
  let squares = 0;
  let cubes = 0;
  for (const value of partial) {
    squares += (centre - value) ** 2;
    cubes += (centre - value) ** 3;
  }
  if (squares === 0) refuse('SAMPLE_WITHOUT_VARIANCE', 'no value makes a difference');
  return cubes / (6 * squares ** 1.5);
}
