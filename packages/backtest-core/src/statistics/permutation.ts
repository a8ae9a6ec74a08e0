import { nextUnit, type Prng } from '@ballast/sim-core';
import { forEachCombination } from './combinations.ts';
import { checkSample, checkWhole, refuse, type Sample, valueAt } from './sample.ts';

/** Whether only a larger statistic counts, or one as far from 0 on either side. */
export type Side = 'greater' | 'two-sided';

export type Draws = { readonly count: number; readonly prng: Prng; readonly side?: Side };

/** Arrangements that an exact test goes through; above it, draw. */
export const ARRANGEMENTS_MAX = 2_000_000;
const DRAWS_MAX = 1_000_000;
/** Sums that differ by less are equal, and only rounded otherwise. */
const TIE_SHARE = 1e-12;

/**
 * p of a drawn test, (b + 1) / (m + 1): the arrangement that was seen is one of them, so that p
 * is never 0. Source: Phipson and Smyth, "Permutation P-values Should Never Be Zero" (2010).
 * @throws PARAMETER_OUT_OF_RANGE
 */
export function permutationP(asExtreme: number, draws: number): number {
  checkWhole(draws, 'draws', 1);
  checkWhole(asExtreme, 'asExtreme', 0, draws);
  return (asExtreme + 1) / (draws + 1);
}

/**
 * Exact p of the difference of two means: all ways to call as many values "left" are gone
 * through, the one that was seen among them. Source: Fisher, "The Design of Experiments" (1935).
 * @throws SAMPLE_TOO_SHORT (none), SAMPLE_NOT_FINITE, TOO_MANY_ARRANGEMENTS
 */
export function exactTwoSampleP(left: Sample, right: Sample, side: Side = 'greater'): number {
  const { pooled, differenceOf, isAsExtreme } = twoSamples(left, right, side);
  let extreme = 0;
  let all = 0;
  forEachCombination(pooled.length, left.length, ARRANGEMENTS_MAX, (places) => {
    let sum = 0;
    for (const place of places) sum += valueAt(pooled, place);
    if (isAsExtreme(differenceOf(sum))) extreme++;
    all++;
  });
  return extreme / all;
}

/** The same by drawn permutations, with `permutationP`. @throws as there, PARAMETER_OUT_OF_RANGE */
export function twoSampleP(left: Sample, right: Sample, draws: Draws): number {
  checkWhole(draws.count, 'draws', 1, DRAWS_MAX);
  const { pooled, differenceOf, isAsExtreme } = twoSamples(left, right, draws.side ?? 'greater');
  let extreme = 0;
  for (let done = 0; done < draws.count; done++) {
    let sum = 0;
    for (let at = 0; at < left.length; at++) {
      const from = at + Math.floor(nextUnit(draws.prng) * (pooled.length - at));
      const drawn = valueAt(pooled, from);
      pooled[from] = valueAt(pooled, at);
      pooled[at] = drawn;
      sum += drawn;
    }
    if (isAsExtreme(differenceOf(sum))) extreme++;
  }
  return permutationP(extreme, draws.count);
}

/**
 * Exact p of a sum when each value could as well have had the other sign: returns that are
 * symmetric around 0. Source: as `exactTwoSampleP`.
 * @throws SAMPLE_TOO_SHORT (none), SAMPLE_NOT_FINITE, TOO_MANY_ARRANGEMENTS above 20 values
 */
export function exactSignFlipP(values: Sample, side: Side = 'greater'): number {
  const { isAsExtreme } = signs(values, side);
  const arrangements = 2 ** values.length;
  if (arrangements > ARRANGEMENTS_MAX) {
    refuse('TOO_MANY_ARRANGEMENTS', `${arrangements} ways to set the signs`);
  }
  let extreme = 0;
  for (let flips = 0; flips < arrangements; flips++) {
    let sum = 0;
    for (let at = 0; at < values.length; at++) {
      sum += (flips >> at) & 1 ? -valueAt(values, at) : valueAt(values, at);
    }
    if (isAsExtreme(sum)) extreme++;
  }
  return extreme / arrangements;
}

/** The same by drawn signs, with `permutationP`. */
export function signFlipP(values: Sample, draws: Draws): number {
  checkWhole(draws.count, 'draws', 1, DRAWS_MAX);
  const { isAsExtreme } = signs(values, draws.side ?? 'greater');
  let extreme = 0;
  for (let done = 0; done < draws.count; done++) {
    let sum = 0;
    for (let at = 0; at < values.length; at++) {
      sum += nextUnit(draws.prng) < 0.5 ? -valueAt(values, at) : valueAt(values, at);
    }
    if (isAsExtreme(sum)) extreme++;
  }
  return permutationP(extreme, draws.count);
}

function twoSamples(left: Sample, right: Sample, side: Side) {
  checkSample(left, 'left');
  checkSample(right, 'right');
  const pooled = Float64Array.from([...Array.from(left), ...Array.from(right)]);
  const total = sumOf(pooled);
  const differenceOf = (sum: number) => sum / left.length - (total - sum) / right.length;
  const own = differenceOf(sumOf(left));
  return { pooled, differenceOf, isAsExtreme: extremity(own, pooled, side) };
}

function signs(values: Sample, side: Side) {
  checkSample(values, 'values');
  return { isAsExtreme: extremity(sumOf(values), values, side) };
}

function extremity(own: number, values: Sample, side: Side): (statistic: number) => boolean {
  let size = 0;
  for (let at = 0; at < values.length; at++) size += Math.abs(valueAt(values, at));
  const limit = (side === 'greater' ? own : Math.abs(own)) - size * TIE_SHARE;
  return (statistic) => (side === 'greater' ? statistic : Math.abs(statistic)) >= limit;
}

function sumOf(values: Sample): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += valueAt(values, at);
  return sum;
}
