export type JudgementLimits = {
  readonly deflatedSharpeMin: number;
  readonly overfittingMax: number;
  readonly lossMax: number;
  /** Of the minimum track record, one-sided. */
  readonly recordConfidence: number;
  /** Of the bootstrap interval, two-sided. */
  readonly intervalConfidence: number;
  /** Of the bootstrap and of the permutation. */
  readonly resamples: number;
  /** One-sided, out-of-sample. */
  readonly permutationMax: number;
  readonly tradesMin: number;
};

/**
 * - Deflated Sharpe ratio ≥ 0.95: the level of Bailey and López de Prado (2014).
 * - PBO ≤ 0.2, OR loss probability ≤ 0.05. On noise PBO lies around 0.5, and at or below 0.2 once
 *   in twenty times (50 trials). But it also lies around 0.5 where all parameters earn equally:
 *   then ranks are chance, and PBO alone would refuse what is most robust (97 % of such cases
 *   with a true annual Sharpe ratio of 2.5). There the best in-sample does not lose
 *   out-of-sample, which is what the second limit asks; noise passes that in 0 to 8 % of cases.
 * - Out-of-sample at least as long as its minimum track record at 95 %, against 0: Bailey and
 *   López de Prado (2012).
 * - The 95 % interval of the mean return out-of-sample lies above 0, by blocks, since the others
 *   take returns for independent. The sign of a mean is that of its Sharpe ratio.
 * - Signs of the returns out-of-sample at random sum to as much at most once in twenty times.
 * - At least 30 trades: with fewer, days tell of so few decisions that none of the above means
 *   what it says. A rule of thumb, of sums that are nearly normal.
 *
 * Walk-forward efficiency is no part of it: its usual limits are not calibrated.
 */
export const JUDGEMENT_LIMITS: JudgementLimits = {
  deflatedSharpeMin: 0.95,
  overfittingMax: 0.2,
  lossMax: 0.05,
  recordConfidence: 0.95,
  intervalConfidence: 0.95,
  resamples: 2000,
  permutationMax: 0.05,
  tradesMin: 30,
};
