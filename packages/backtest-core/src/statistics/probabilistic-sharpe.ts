import { moments } from './moments.ts';
import { normalCumulative, normalQuantile } from './normal.ts';
import { checkBetween, checkRange, finite, refuse, type Sample } from './sample.ts';

/** What the probabilistic Sharpe ratio needs to know of a series of returns. */
export type TrackRecord = {
  /** Returns in the series. */
  readonly count: number;
  /** Of one period, sd with n - 1; NOT annualised. */
  readonly sharpe: number;
  readonly skewness: number;
  /** NOT in excess: a normal has 3. */
  readonly kurtosis: number;
};

/** @throws SAMPLE_TOO_SHORT (< 2), SAMPLE_NOT_FINITE, SAMPLE_WITHOUT_VARIANCE */
export function trackRecordOf(returns: Sample): TrackRecord {
  const { count, mean, standardDeviation, skewness, kurtosis } = moments(returns);
  return { count, sharpe: mean / standardDeviation, skewness, kurtosis };
}

/**
 * Standard error of an estimated Sharpe ratio for returns that need not be normal:
 * √((1 - g3·SR + (g4 - 1)/4·SR²) / (T - 1)).
 * Source: Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier" (2012), after Mertens
 * (2002). López de Prado, Lipton and Zoonekynd, "How to Use the Sharpe Ratio" (2025), divide by T
 * and take the ratio of the null hypothesis instead of the one that was seen.
 *
 * @throws SAMPLE_TOO_SHORT (< 2), PARAMETER_OUT_OF_RANGE; MOMENTS_IMPOSSIBLE where the variance is
 *   not above 0, which moments of one and the same series never give
 */
export function sharpeStandardError(record: TrackRecord): number {
  if (!(record.count >= 2)) refuse('SAMPLE_TOO_SHORT', `${record.count} returns, 2 are needed`);
  return Math.sqrt(varianceFactor(record) / (record.count - 1));
}

/**
 * Probability that the true Sharpe ratio is above `benchmark` (of one period): Φ((SR - b) / σ).
 * A probability is never annualised. Source: as `sharpeStandardError`.
 *
 * @throws as `sharpeStandardError`
 */
export function probabilisticSharpe(record: TrackRecord, benchmark = 0): number {
  checkRange(benchmark, 'benchmark', -Infinity);
  return normalCumulative((record.sharpe - benchmark) / sharpeStandardError(record));
}

/**
 * Returns needed until `probabilisticSharpe` reaches `confidence` at this Sharpe ratio:
 * 1 + (1 - g3·SR + (g4 - 1)/4·SR²)·(z / (SR - b))². Not rounded; `count` is not looked at.
 * Source: as `sharpeStandardError`.
 *
 * @throws NOT_ABOVE_BENCHMARK where no length would do; PARAMETER_OUT_OF_RANGE for a confidence
 *   outside of (0.5, 1)
 */
export function minimumTrackRecord(
  record: Omit<TrackRecord, 'count'>,
  benchmark = 0,
  confidence = 0.95,
): number {
  checkRange(benchmark, 'benchmark', -Infinity);
  checkBetween(confidence, 'confidence', 0.5, 1);
  const factor = varianceFactor(record);
  if (record.sharpe <= benchmark) {
    refuse('NOT_ABOVE_BENCHMARK', `the Sharpe ratio ${record.sharpe} is not above ${benchmark}`);
  }
  const length = 1 + factor * (normalQuantile(confidence) / (record.sharpe - benchmark)) ** 2;
  return finite(length, 'minimum track record');
}

/**
 * Sharpe ratio of one period that `count` independent normal returns must show before it is above
 * 0 with `confidence`: z / √(T - 1 - z²/2), the inverse of `minimumTrackRecord`. 15 days ask for an
 * annual 7.3, a year for 1.65: a short paper run shows that a strategy works, not that it earns.
 *
 * @throws SAMPLE_TOO_SHORT where no ratio would do; PARAMETER_OUT_OF_RANGE
 */
export function sharpeNeeded(count: number, confidence = 0.95): number {
  checkBetween(confidence, 'confidence', 0.5, 1);
  const z = normalQuantile(confidence);
  const rest = count - 1 - (z * z) / 2;
  if (!(rest > 0)) refuse('SAMPLE_TOO_SHORT', `${count} returns prove nothing at ${confidence}`);
  return z / Math.sqrt(rest);
}

function varianceFactor({ sharpe, skewness, kurtosis }: Omit<TrackRecord, 'count'>): number {
  checkRange(sharpe, 'sharpe', -Infinity);
  checkRange(skewness, 'skewness', -Infinity);
  checkRange(kurtosis, 'kurtosis', 1);
  const factor = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
  if (!(factor > 0)) {
    refuse('MOMENTS_IMPOSSIBLE', `skewness ${skewness} and kurtosis ${kurtosis} of one series?`);
  }
  return factor;
}
