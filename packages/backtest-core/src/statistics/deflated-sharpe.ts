import { moments, standardDeviation } from './moments.ts';
import { normalQuantile } from './normal.ts';
import { probabilisticSharpe, type TrackRecord } from './probabilistic-sharpe.ts';
import {
  checkBetween,
  checkRange,
  checkSameLength,
  checkSample,
  checkWhole,
  finite,
  refuse,
  type Sample,
  valueAt,
} from './sample.ts';

const EULER_MASCHERONI = 0.5772156649015329;

/** What was tried before the one that is judged was chosen, itself included. */
export type Trials = {
  /** How many, or how many independent ones: see `effectiveTrials`. At least 1. */
  readonly count: number;
  /** Variance of the trials' Sharpe ratios, of one period and NOT annualised. */
  readonly variance: number;
};

export type DeflatedSharpe = {
  /** The Sharpe ratio that the best of so many without any skill is expected to show. */
  readonly benchmark: number;
  /** That the true ratio is above it. */
  readonly probability: number;
};

/**
 * Expected maximum of N standard normals, (1 - γ)·z(1 - 1/N) + γ·z(1 - 1/(N·e)). At N = 1 there
 * was no choice and it is 0, where the formula has z(0) = -∞; nor is it ever below 0, which the
 * formula is for the N between 1 and 1.3 that `effectiveTrials` may give.
 * Source: Bailey and López de Prado, "The Deflated Sharpe Ratio" (2014), appendix.
 *
 * @throws PARAMETER_OUT_OF_RANGE below 1
 */
export function expectedMaximum(count: number): number {
  checkRange(count, 'count', 1);
  if (count === 1) return 0;
  const highest = normalQuantile(1 - 1 / count);
  const next = normalQuantile(1 - 1 / (count * Math.E));
  return Math.max(0, (1 - EULER_MASCHERONI) * highest + EULER_MASCHERONI * next);
}

/**
 * Probabilistic Sharpe ratio against the best that so many trials without skill would show:
 * SR0 = √V · expectedMaximum(N). Source: as `expectedMaximum`. Some calculators annualise the
 * ratios and set V = 1: then .90 becomes .41.
 *
 * @throws as `probabilisticSharpe`; PARAMETER_OUT_OF_RANGE for a variance below 0
 */
export function deflatedSharpe(record: TrackRecord, trials: Trials): DeflatedSharpe {
  checkRange(trials.variance, 'variance of the trials', 0);
  const benchmark = Math.sqrt(trials.variance) * expectedMaximum(trials.count);
  return { benchmark, probability: probabilisticSharpe(record, benchmark) };
}

/**
 * Trials of which the Sharpe ratios (of one period) are known; the variance is taken with n - 1.
 * @throws SAMPLE_TOO_SHORT (none), SAMPLE_NOT_FINITE
 */
export function trialsOf(sharpes: Sample): Trials {
  checkSample(sharpes, 'sharpes');
  const variance = sharpes.length === 1 ? 0 : standardDeviation(sharpes) ** 2;
  return { count: sharpes.length, variance };
}

/**
 * Independent trials among `count` whose returns correlate by `correlation` on average:
 * ρ + (1 - ρ)·M. A negative correlation counts as none, so that there are never more than M.
 * Source: as `expectedMaximum`.
 *
 * @throws PARAMETER_OUT_OF_RANGE
 */
export function effectiveTrials(count: number, correlation: number): number {
  checkWhole(count, 'count', 1);
  checkRange(correlation, 'correlation', -1, 1);
  const shared = Math.max(0, correlation);
  return shared + (1 - shared) * count;
}

/**
 * Mean correlation over all pairs of trials. The variance of the sum of the standardised series
 * holds every pair, so it takes one pass and not one a pair.
 *
 * @param trials the returns of each trial, all of one length
 * @throws SAMPLE_TOO_SHORT (< 2 trials or returns), LENGTHS_DIFFER, SAMPLE_WITHOUT_VARIANCE
 */
export function meanCorrelation(trials: readonly Sample[]): number {
  const [first] = trials;
  if (first === undefined || trials.length < 2) {
    refuse('SAMPLE_TOO_SHORT', `${trials.length} trials, 2 are needed`);
  }
  const sums = new Float64Array(first.length);
  for (const trial of trials) {
    checkSameLength(first, trial, 'trials');
    const { mean, standardDeviation } = moments(trial);
    for (let at = 0; at < sums.length; at++) {
      sums[at] = valueAt(sums, at) + (valueAt(trial, at) - mean) / standardDeviation;
    }
  }
  const squares = sums.reduce((total, sum) => total + sum * sum, 0);
  const count = trials.length;
  const pairs = (squares / (first.length - 1) - count) / (count * (count - 1));
  return Math.max(-1, Math.min(1, pairs));
}

/**
 * Years of backtest below which the best of `count` trials without skill is expected to show the
 * annual Sharpe ratio `sharpe`: (expectedMaximum(N) / SR)². The paper's upper bound is
 * 2·ln(N) / SR². Source: Bailey, Borwein, López de Prado and Zhu, "Pseudo-Mathematics and
 * Financial Charlatanism" (2014).
 *
 * @throws PARAMETER_OUT_OF_RANGE
 */
export function minimumBacktestYears(count: number, sharpe: number): number {
  checkBetween(sharpe, 'sharpe', 0);
  return finite((expectedMaximum(count) / sharpe) ** 2, 'years');
}
