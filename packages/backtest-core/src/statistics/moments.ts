import { checkSample, finite, refuse, type Sample, valueAt } from './sample.ts';

/** A deviation this small beside the largest value is rounding, so the series is constant. */
const ROUNDING_SHARE = 1e-14;

export type Moments = {
  readonly count: number;
  readonly mean: number;
  /** With n - 1. */
  readonly standardDeviation: number;
  /** Population third standardised moment, g3 = m3 / m2^1.5. */
  readonly skewness: number;
  /** Population fourth standardised moment, g4 = m4 / m2², NOT in excess: a normal has 3. */
  readonly kurtosis: number;
};

/** Arithmetic mean, in two passes. @throws SAMPLE_TOO_SHORT (none), SAMPLE_NOT_FINITE */
export function mean(values: Sample): number {
  checkSample(values, 'values');
  return meanOf(values);
}

/** Standard deviation with n - 1. @throws SAMPLE_TOO_SHORT (< 2), SAMPLE_NOT_FINITE */
export function standardDeviation(values: Sample): number {
  checkSample(values, 'values', 2);
  const centre = meanOf(values);
  let squares = 0;
  for (let at = 0; at < values.length; at++) squares += (valueAt(values, at) - centre) ** 2;
  return finite(Math.sqrt(squares / (values.length - 1)), 'standard deviation');
}

/**
 * Standard deviation of a series that must vary: a ratio divides by it.
 * @throws SAMPLE_WITHOUT_VARIANCE where all values are equal but for rounding
 */
export function positiveDeviation(values: Sample): number {
  const deviation = standardDeviation(values);
  let largest = 0;
  for (let at = 0; at < values.length; at++) {
    largest = Math.max(largest, Math.abs(valueAt(values, at)));
  }
  if (deviation <= largest * ROUNDING_SHARE) {
    refuse('SAMPLE_WITHOUT_VARIANCE', `all ${values.length} values are equal`);
  }
  return deviation;
}

/**
 * The first four moments. Source: Bailey and López de Prado, "The Sharpe Ratio Efficient
 * Frontier" (2012), whose formulas take skewness and kurtosis of the population and the kurtosis
 * of a normal as 3. pandas, R's `kurtosis` and quantstats give it in excess, and unbiased.
 *
 * @throws SAMPLE_TOO_SHORT (< 2), SAMPLE_NOT_FINITE, SAMPLE_WITHOUT_VARIANCE
 */
export function moments(values: Sample): Moments {
  const deviation = positiveDeviation(values);
  const count = values.length;
  const centre = meanOf(values);
  const spread = deviation * Math.sqrt((count - 1) / count);
  let cubes = 0;
  let fourths = 0;
  for (let at = 0; at < count; at++) {
    const scaled = (valueAt(values, at) - centre) / spread;
    const square = scaled * scaled;
    cubes += square * scaled;
    fourths += square * square;
  }
  return {
    count,
    mean: centre,
    standardDeviation: deviation,
    skewness: finite(cubes / count, 'skewness'),
    kurtosis: finite(fourths / count, 'kurtosis'),
  };
}

function meanOf(values: Sample): number {
  const count = values.length;
  let sum = 0;
  for (let at = 0; at < count; at++) sum += valueAt(values, at);
  const rough = finite(sum / count, 'mean');
  let rest = 0;
  for (let at = 0; at < count; at++) rest += valueAt(values, at) - rough;
  return finite(rough + rest / count, 'mean');
}
