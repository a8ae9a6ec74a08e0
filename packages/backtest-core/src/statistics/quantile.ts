import { checkRange, checkSample, finite, type Sample, valueAt } from './sample.ts';

/**
 * Quantile of a sample by linear interpolation between order statistics at (n - 1)p: type 7 of
 * Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996), the default of R and numpy.
 *
 * @throws SAMPLE_TOO_SHORT (none), SAMPLE_NOT_FINITE, PARAMETER_OUT_OF_RANGE
 */
export function quantile(values: Sample, p: number): number {
  checkSample(values, 'values');
  return quantileOfSorted(Float64Array.from(values).toSorted(), p);
}

/** The same for values that are sorted already. @throws RESULT_NOT_FINITE besides */
export function quantileOfSorted(sorted: Sample, p: number): number {
  checkRange(p, 'p', 0, 1);
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const low = valueAt(sorted, below);
  const high = valueAt(sorted, Math.min(below + 1, sorted.length - 1));
  return finite(low + (place - below) * (high - low), 'quantile');
}
