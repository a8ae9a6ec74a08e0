import type { JudgingGate } from '@ballast/domain';
import type { Facts } from './facts.ts';
import type { GateLimits } from './limits.ts';

/**
 * Why a gate does not let a signal pass: what it saw and what it wants, as text with units.
 * `missing`: it could not judge for want of a fact. `because`: the limit that says no, or the row
 * of settings where it is none of the limits.
 */
export type Objection = {
  readonly kind: 'refused' | 'missing';
  readonly input: string;
  readonly threshold: string;
  readonly because: Because;
};
type Because = keyof GateLimits | { readonly settingsId: string | null };

export type GateCheck = {
  readonly name: JudgingGate;
  /** What becomes of a signal that it cannot judge for want of a fact. */
  readonly withoutFacts: 'refuses' | 'passes';
  /** Null: it has nothing against the signal. What it can judge comes before what is missing. */
  check(facts: Facts, limits: GateLimits): Objection | null;
};

export function refuse(input: string, threshold: string, because: Because): Objection {
  return { kind: 'refused', input, threshold, because };
}

/** Says no by what nobody can set. */
export const BUILT_IN: Because = { settingsId: null };

/** Made once a gate: in a test over stored bars a fact may be missing at each signal. */
export function missing(what: string): Objection {
  const [input, threshold] = [`${what} unknown`, `${what} known`];
  return { kind: 'missing', input, threshold, because: BUILT_IN };
}

/** A part of one as it is shown: "0.85 %" for 0.0085, to a thousandth of a percent. */
export function percent(part: number): string {
  return `${Number((100 * part).toFixed(3))} %`;
}

export function sinceMs(at: number | null, now: number): number {
  return at === null ? Infinity : now - at;
}
