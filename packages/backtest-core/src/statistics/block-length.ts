import { mean, positiveDeviation } from './moments.ts';
import { checkSample, type Sample, valueAt } from './sample.ts';

/** Lags in a row without correlation after which it is over: K of the paper, at least 5. */
const QUIET_LAGS_MIN = 5;
/** c of the paper: below 2·√(log10 n / n) a correlation is nothing. */
const QUIET_DEVIATIONS = 2;

/**
 * Mean block length for the stationary bootstrap of a mean, from 1 to the smaller of 3√n and n/3.
 * Source: Politis and White, "Automatic Block-Length Selection for the Dependent Bootstrap"
 * (2004), with the correction of Patton, Politis and White (2009).
 *
 * @throws SAMPLE_TOO_SHORT (< 8), SAMPLE_NOT_FINITE, SAMPLE_WITHOUT_VARIANCE
 */
export function automaticBlockLength(values: Sample): number {
  checkSample(values, 'values', 8);
  positiveDeviation(values);
  const count = values.length;
  const quietLags = Math.max(QUIET_LAGS_MIN, Math.ceil(Math.sqrt(Math.log10(count))));
  const lagMax = Math.min(count - 1, Math.ceil(Math.sqrt(count)) + quietLags);
  const covariances = autocovariances(values, lagMax);
  const width = Math.min(lagMax, 2 * Math.max(1, lastLoudLag(covariances, count, quietLags)));
  let spectrum = valueAt(covariances, 0);
  let slope = 0;
  for (let lag = 1; lag <= width; lag++) {
    const weight = Math.min(1, 2 * (1 - lag / width));
    spectrum += 2 * weight * valueAt(covariances, lag);
    slope += 2 * weight * lag * valueAt(covariances, lag);
  }
  const longest = Math.ceil(Math.min(3 * Math.sqrt(count), count / 3));
  if (spectrum === 0) return longest;
  const length = Math.cbrt((slope / spectrum) ** 2 * count);
  return Math.max(1, Math.min(longest, length));
}

/** The lag after which `quietLags` in a row show no correlation; the largest where none do. */
function lastLoudLag(covariances: Float64Array, count: number, quietLags: number): number {
  const variance = valueAt(covariances, 0);
  const limit = QUIET_DEVIATIONS * Math.sqrt(Math.log10(count) / count) * variance;
  let quiet = 0;
  for (let lag = 1; lag < covariances.length; lag++) {
    quiet = Math.abs(valueAt(covariances, lag)) < limit ? quiet + 1 : 0;
    if (quiet === quietLags) return lag - quietLags;
  }
  return covariances.length - 1;
}

function autocovariances(values: Sample, lagMax: number): Float64Array {
  const centre = mean(values);
  const off = Float64Array.from(values, (value) => value - centre);
  return Float64Array.from({ length: lagMax + 1 }, (_, lag) => {
    let products = 0;
    for (let at = lag; at < off.length; at++) products += valueAt(off, at) * valueAt(off, at - lag);
    return products / off.length;
  });
}
