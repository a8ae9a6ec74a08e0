import { createPrng, nextUnit } from './prng.ts';

/**
 * What a derivatives venue publishes beside its trades, as functions of the time: the same seed,
 * symbol and time give the same value, whatever was asked before. Only + − × ÷ are used, so that
 * every machine gives the same.
 */
export type Microstructure = { readonly seed: string; readonly symbol: string };

const HOUR_MS = 3_600_000;
const RATE_STEPS = 100_000_000;
/** What most settlements of a calm contract are, in steps of 1e-8. */
const USUAL_RATE_STEPS = 10_000;
const RATE_SPREAD_STEPS = 40_000;
const RATIO_STEPS = 10_000;

/** Open contracts in lots around `meanLots`; it wanders by a fifth in a day. */
export function openInterestLots(from: Microstructure, meanLots: number, at: number): number {
  const slow = wave(from, 'interest', at, 24 * HOUR_MS) - 0.5;
  const quick = wave(from, 'interest/quick', at, HOUR_MS) - 0.5;
  return Math.max(0, Math.round(meanLots * (1 + 0.4 * slow + 0.02 * quick)));
}

/** The rate that settles at `settledAt` in steps of 1e-8. */
export function fundingRateSteps({ seed, symbol }: Microstructure, settledAt: number): number {
  const prng = createPrng(`${seed}/${symbol}/funding/${settledAt}`);
  if (nextUnit(prng) < 0.5) return USUAL_RATE_STEPS;
  return USUAL_RATE_STEPS + Math.round((nextUnit(prng) * 2 - 1) * RATE_SPREAD_STEPS);
}

/** What the venue expects the next rate to be: it nears the settled one as its time nears. */
export function expectedFundingSteps(
  from: Microstructure,
  at: number,
  { settledAt, intervalMs }: { readonly settledAt: number; readonly intervalMs: number },
): number {
  const left = Math.min(1, Math.max(0, (settledAt - at) / intervalMs));
  const doubt = (wave(from, 'funding/expected', at, HOUR_MS) - 0.5) * RATE_SPREAD_STEPS;
  return Math.round(fundingRateSteps(from, settledAt) + doubt * left);
}

/** Share of accounts that are long, in steps of 1e-4. */
export function longShareSteps(from: Microstructure, at: number): number {
  const slow = wave(from, 'accounts', at, 12 * HOUR_MS);
  const quick = wave(from, 'accounts/quick', at, HOUR_MS) - 0.5;
  return Math.round(RATIO_STEPS * (0.4 + 0.3 * slow + 0.04 * quick));
}

export const FUNDING_STEPS_PER_ONE = RATE_STEPS;
export const LONG_SHARE_STEPS_PER_ONE = RATIO_STEPS;

/** Between 0 and 1: straight lines between numbers that are drawn for each whole period. */
function wave(
  { seed, symbol }: Microstructure,
  kind: string,
  at: number,
  periodMs: number,
): number {
  const period = Math.floor(at / periodMs);
  const knot = (index: number): number =>
    nextUnit(createPrng(`${seed}/${symbol}/${kind}/${index}`));
  const part = at / periodMs - period;
  return knot(period) * (1 - part) + knot(period + 1) * part;
}
