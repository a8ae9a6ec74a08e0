import type { JudgingGate, Regime } from '@ballast/domain';
import { brakeGate } from './brake.ts';
import { cooldownGate } from './cooldown.ts';
import { coverageGate } from './coverage.ts';
import { duplicateGate } from './duplicate.ts';
import { exposureGate } from './exposure.ts';
import { type Facts, UNKNOWN } from './facts.ts';
import { fundingGate } from './funding.ts';
import type { GateCheck } from './gate.ts';
import type { GateConfiguration } from './limits.ts';
import { microstructureGate } from './microstructure.ts';
import { positionCapGate } from './position-cap.ts';
import { regimeGate } from './regime.ts';
import { sessionGate } from './session.ts';
import { soakGate } from './soak.ts';
import { spreadGate } from './spread.ts';
import { stalenessGate } from './staleness.ts';
import { switchGate } from './switch.ts';

/** In the order they are asked. */
export const GATE_CHECKS: readonly GateCheck[] = [
  switchGate,
  soakGate,
  regimeGate,
  coverageGate,
  stalenessGate,
  cooldownGate,
  positionCapGate,
  exposureGate,
  microstructureGate,
  fundingGate,
  spreadGate,
  sessionGate,
  brakeGate,
  duplicateGate,
];

/** Why a gate says no, as a blocked signal keeps it. */
export type GateRefusal = {
  readonly input: string;
  readonly threshold: string;
  /** The settings row that the threshold comes from; null where it is built in. */
  readonly settingsId: string | null;
  /** As it was known; null when it was not. */
  readonly regime: Regime | null;
};

/** `notAsked`: gates that let the signal pass since what they needed was unknown. */
export type Judgement =
  | { readonly kind: 'allowed'; readonly notAsked: readonly JudgingGate[] }
  | {
      readonly kind: 'blocked';
      readonly gate: JudgingGate;
      readonly refusal: GateRefusal;
      /** Of the gates before the one that refused. */
      readonly notAsked: readonly JudgingGate[];
    };

/** Asks the gates in their order; the first that refuses decides. */
export function judge(facts: Facts, configuration: GateConfiguration): Judgement {
  const { limits, settings } = configuration;
  const notAsked: JudgingGate[] = [];
  for (const gate of GATE_CHECKS) {
    const objection = gate.check(facts, limits);
    if (objection === null) continue;
    const { name: of, withoutFacts } = gate;
    const passes = withoutFacts === 'passes' && !limits.required.includes(of);
    if (objection.kind === 'missing' && passes) {
      notAsked.push(of);
      continue;
    }
    const { input, threshold, because } = objection;
    const settingsId =
      typeof because === 'string' ? (settings[because] ?? null) : because.settingsId;
    const refusal = { input, threshold, settingsId, regime: regimeOf(facts) };
    return { kind: 'blocked', gate: of, refusal, notAsked };
  }
  return { kind: 'allowed', notAsked };
}

/** The regime as a refusal keeps it, also one made after the gates (of sizing). */
export function regimeOf({ regime }: Pick<Facts, 'regime'>): Regime | null {
  return regime === UNKNOWN ? null : regime.value;
}
