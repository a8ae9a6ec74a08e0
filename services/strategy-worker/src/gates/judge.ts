import { type Gate, invariant, type TradePlan } from '@ballast/domain';
import { sizeTrade } from '../trade-size.ts';
import { buySwitchGate } from './buy-switch.ts';
import { coverageGate } from './coverage.ts';
import type { Facts, GateCheck, GateRefusal } from './gate.ts';
import { openTradeGate } from './open-trade.ts';
import { sizingGate } from './sizing.ts';
import { staleDataGate } from './stale-data.ts';

/** What is asked before a command is made, in this order. */
const CHECKS: readonly (readonly [Gate, GateCheck])[] = [
  ['buy-switch', buySwitchGate],
  ['stale-data', staleDataGate],
  ['coverage', coverageGate],
  ['open-trade', openTradeGate],
  ['sizing', sizingGate],
];

export type Judgement =
  | { readonly kind: 'allowed'; readonly plan: TradePlan }
  | { readonly kind: 'blocked'; readonly gate: Gate; readonly refusal: GateRefusal };

/** Asks the gates in their order; the first that refuses decides. */
export function judge(facts: Facts): Judgement {
  for (const [gate, check] of CHECKS) {
    const refusal = check(facts);
    if (refusal !== null) return { kind: 'blocked', gate, refusal };
  }
  const sized = sizeTrade(facts);
  invariant(sized.kind === 'sized', 'the sizing gate let an unsizable trade through');
  return { kind: 'allowed', plan: sized.plan };
}
