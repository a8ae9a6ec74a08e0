import { formatScaled } from '@ballast/domain';
import {
  expectedFundingSteps,
  FUNDING_STEPS_PER_ONE,
  fundingRateSteps,
  LONG_SHARE_STEPS_PER_ONE,
  longShareSteps,
  openInterestLots,
} from '@ballast/sim-core';
import type { Market } from '../market.ts';

const ONE = 10n ** 18n;
export const FUNDING_INTERVAL_MS = 8 * 3_600_000;
/** The stream's and the ticker's open interest is counted anew this often. */
const INTEREST_STEP_MS = 10_000;
/** Open interest as a multiple of the largest order. */
const INTEREST_TO_LARGEST = 8;

/** Open contracts in lots, as a ticker shows them at `at`. */
export function openInterestOf(market: Market, seed: string, at: number): number {
  const { maxQuantity, lotSize } = market.instrument;
  const mean = Number(maxQuantity / lotSize) * INTEREST_TO_LARGEST;
  return openInterestLots({ seed, symbol: market.symbol }, mean, at - (at % INTEREST_STEP_MS));
}

/** The next settlement and the rate that is expected for it. */
export function fundingOf(
  { symbol }: Market,
  seed: string,
  at: number,
): { readonly nextAt: number; readonly expectedRate: string } {
  const nextAt = at - (at % FUNDING_INTERVAL_MS) + FUNDING_INTERVAL_MS;
  const next = { settledAt: nextAt, intervalMs: FUNDING_INTERVAL_MS };
  const asOf = at - (at % INTEREST_STEP_MS);
  const steps = expectedFundingSteps({ seed, symbol }, asOf, next);
  return { nextAt, expectedRate: stepsText(steps, FUNDING_STEPS_PER_ONE) };
}

/** The rate that settled at `at`. */
export function settledRate({ symbol }: Market, seed: string, at: number): string {
  return stepsText(fundingRateSteps({ seed, symbol }, at), FUNDING_STEPS_PER_ONE);
}

/** Shares of the accounts that are long and short; together 1. */
export function accountShares(
  { symbol }: Market,
  seed: string,
  at: number,
): { readonly buyRatio: string; readonly sellRatio: string } {
  const long = longShareSteps({ seed, symbol }, at);
  return {
    buyRatio: stepsText(long, LONG_SHARE_STEPS_PER_ONE),
    sellRatio: stepsText(LONG_SHARE_STEPS_PER_ONE - long, LONG_SHARE_STEPS_PER_ONE),
  };
}

function stepsText(steps: number, perOne: number): string {
  return formatScaled((BigInt(steps) * ONE) / BigInt(perOne));
}
