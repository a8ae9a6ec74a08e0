import type { Instrument, Money, Quote, Signal } from '@ballast/domain';

/** Everything the gates look at, as it was when the signal was decided on. Times epoch ms. */
export type Facts = {
  readonly signal: Signal;
  readonly instrument: Instrument;
  readonly quote: Quote | null;
  /** When the signal's bar closed. */
  readonly barCloseTime: number;
  readonly buySwitch: { readonly id: string; readonly buy: boolean } | null;
  /** 1-minute bars of the instrument that are missing in `coverageMinutes`, the oldest first. */
  readonly gaps: readonly { readonly fromTime: number; readonly bars: number }[];
  readonly unfinishedTrade: string | null;
  /** When this strategy, and when any strategy, last asked for a trade in this instrument. */
  readonly lastAskedAt: { readonly strategy: number | null; readonly any: number | null };
  readonly equity: Money | null;
  readonly limits: Limits;
};

export type Limits = {
  readonly quoteAgeMaxMs: number;
  readonly barAgeMaxMs: number;
  /** So far back from a decision no bar may be missing. */
  readonly coverageMinutes: number;
  readonly cooldownMs: number;
  /** How long an answer to a command may be out: its life on the bus and some reading time. */
  readonly answerWaitMs: number;
  /** Parts of the equity, scale 18. */
  readonly riskFraction: bigint;
  readonly notionalFraction: bigint;
};

/** Why a gate says no: what it saw and what it wanted, as text with units. */
export type GateRefusal = {
  readonly input: string;
  readonly threshold: string;
  readonly settingsId: string | null;
};

export type GateCheck = (facts: Facts) => GateRefusal | null;

export function refuse(
  input: string,
  threshold: string,
  settingsId: string | null = null,
): GateRefusal {
  return { input, threshold, settingsId };
}
