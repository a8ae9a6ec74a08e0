import { checkBetween, checkRange, finite } from './sample.ts';

/** Shares of Kelly by how sure the forecast is. */
export type ConvictionTier = { readonly probabilityMin: number; readonly share: number };

/** From the surest down; below the last nothing is traded. */
export const CONVICTION_TIERS: readonly ConvictionTier[] = [
  { probabilityMin: 0.85, share: 0.25 },
  { probabilityMin: 0.7, share: 0.15 },
  { probabilityMin: 0.55, share: 0.05 },
];

/** Largest share of capital that `tieredKelly` puts into one trade. */
export const TIERED_SHARE_MAX = 0.04;

/**
 * Share of capital that grows it fastest in a bet that wins `payoff` times the stake with
 * `probability` and else loses it: (b·p - q) / b, never below 0: then there is no bet.
 * Source: Kelly, "A New Interpretation of Information Rate" (1956).
 * @throws PARAMETER_OUT_OF_RANGE
 */
export function kellyBinary(probability: number, payoff: number): number {
  checkRange(probability, 'probability', 0, 1);
  checkBetween(payoff, 'payoff', 0);
  const share = (payoff * probability - (1 - probability)) / payoff;
  return share > Number.EPSILON ? share : 0;
}

/**
 * Growth of the logarithm of capital a bet at `share`: p·ln(1 + b·f) + q·ln(1 - f).
 * @throws PARAMETER_OUT_OF_RANGE for a share outside of [0, 1), where all may be lost
 */
export function kellyGrowth(probability: number, payoff: number, share: number): number {
  checkRange(probability, 'probability', 0, 1);
  checkBetween(payoff, 'payoff', 0);
  checkRange(share, 'share', 0, 1 - Number.EPSILON);
  return probability * Math.log1p(payoff * share) + (1 - probability) * Math.log1p(-share);
}

/**
 * Share of capital (above 1 is leverage) for returns that are normal and often rebalanced:
 * (μ - r) / σ², never below 0. All three of one and the same period.
 * Source: Thorp, "The Kelly Criterion in Blackjack, Sports Betting and the Stock Market" (2006).
 * @throws PARAMETER_OUT_OF_RANGE; RESULT_NOT_FINITE
 */
export function kellyContinuous(mean: number, riskFree: number, variance: number): number {
  checkRange(mean, 'mean', -Infinity);
  checkRange(riskFree, 'riskFree', -Infinity);
  checkBetween(variance, 'variance', 0);
  return Math.max(0, finite((mean - riskFree) / variance, 'share'));
}

/**
 * A small part of `kellyBinary`, by conviction, and never above `shareMax`: an estimated
 * probability is wrong more often than it says.
 * @throws PARAMETER_OUT_OF_RANGE
 */
export function tieredKelly(
  probability: number,
  payoff: number,
  tiers: readonly ConvictionTier[] = CONVICTION_TIERS,
  shareMax = TIERED_SHARE_MAX,
): number {
  checkRange(shareMax, 'shareMax', 0, 1);
  const full = kellyBinary(probability, payoff);
  const tier = tiers.find(({ probabilityMin }) => probability >= probabilityMin);
  return Math.min(shareMax, full * (tier?.share ?? 0));
}
