import { DAY_MS, type JudgingGate } from '@ballast/domain';
import type { Facts } from './facts.ts';
import { judge } from './judge.ts';
import { gateConfiguration } from './limits.ts';

/** A Thursday of 2025, half a second after a minute; New York's exchanges are closed. */
export const NOW = 1_760_000_040_500;
export const SWITCH_ROW = '01890000-0000-7000-8000-000000000002';

/** A fact of so many ms ago. */
export const at = <T>(value: T, agoMs = 0) => ({ at: NOW - agoMs, value });

/** Facts to which no gate objects, all known. */
export const facts: Facts = {
  now: NOW,
  strategy: 'momentum',
  direction: 'long',
  session: 'continuous',
  barCloseTime: NOW - 500,
  buySwitch: at({ id: SWITCH_ROW, buy: true }),
  soak: at({ watchedSince: NOW - 20 * DAY_MS, waiver: null }),
  regime: at('neutral'),
  gaps: at([]),
  quote: { at: NOW - 50, value: { bid: 99.99, ask: 100.01 } },
  lastAsk: at({ strategy: null, any: null }),
  openTrades: at({ inAccount: 0, inInstrument: null }),
  exposure: at({ account: 0, strategy: 0, sector: 0 }),
  longAccountShare: at(0.5),
  takerBuyShare: at(0.5),
  fundingRate: at(0.0001),
  brake: at('released'),
};

/** What one gate says of a change: what it saw and wants, 'passes', or 'not asked'. */
export function asked(gate: JudgingGate, change: Partial<Facts>, limits: object = {}) {
  const judgement = judge({ ...facts, ...change }, gateConfiguration(limits));
  if (judgement.kind === 'allowed') {
    return judgement.notAsked.includes(gate) ? 'not asked' : 'passes';
  }
  const { input, threshold } = judgement.refusal;
  if (judgement.gate !== gate) throw new Error(`${judgement.gate} objects, not ${gate}: ${input}`);
  return [input, threshold];
}
