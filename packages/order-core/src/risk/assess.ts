import type { Price, TradePlan } from '@ballast/domain';
import { quotedPrice, type RiskFacts, type Rule } from './facts.ts';
import { brake } from './rules/brake.ts';
import { busy } from './rules/busy.ts';
import { buyingPower } from './rules/buying-power.ts';
import { frozen } from './rules/frozen.ts';
import { levelSides } from './rules/level-sides.ts';
import { notionalMin } from './rules/notional-min.ts';
import { positionShare } from './rules/position-share.ts';
import { priceBand } from './rules/price-band.ts';
import { priceTick } from './rules/price-tick.ts';
import { quantityLot } from './rules/quantity-lot.ts';
import { quantityRange } from './rules/quantity-range.ts';
import { quoteAge } from './rules/quote-age.ts';
import { riskPerTrade } from './rules/risk-per-trade.ts';

/** Every pre-trade rule, in the order shown. */
const RULES = [
  brake,
  frozen,
  busy,
  quoteAge,
  levelSides,
  priceTick,
  priceBand,
  quantityLot,
  quantityRange,
  notionalMin,
  riskPerTrade,
  positionShare,
  buyingPower,
] as const satisfies readonly Rule[];

export type RuleCode = (typeof RULES)[number]['code'] | 'INSTRUMENT_UNKNOWN' | 'NO_PRICE';

export type RuleVerdict = {
  readonly rule: RuleCode;
  readonly outcome: 'pass' | 'deny';
  readonly input: string;
  readonly limit: string;
  readonly text: string;
};

/**
 * Judges a plan by every rule. The gateway and the dashboard's preview call this one function; a
 * rule that cannot be judged for want of a fact denies.
 */
export function assess(plan: TradePlan, facts: RiskFacts): RuleVerdict[] {
  const { instrument } = facts;
  if (instrument === null) {
    return [denied('INSTRUMENT_UNKNOWN', plan.instrument, 'an instrument the venue lists')];
  }
  const entryPrice = expectedEntry(plan, facts);
  if (entryPrice === null) return [denied('NO_PRICE', 'no quote', 'a quote for a market entry')];
  return RULES.map((rule) => ({
    rule: rule.code,
    text: rule.text,
    ...rule.check({ plan, facts, instrument, entryPrice }),
  }));
}

export function isDenied(verdicts: readonly RuleVerdict[]): boolean {
  return verdicts.some((verdict) => verdict.outcome === 'deny');
}

/**
 * The price the entry is reckoned with: its limit, a stop's trigger, or the side of the quote that
 * a market order meets.
 */
export function expectedEntry(plan: TradePlan, facts: Pick<RiskFacts, 'quote'>): Price | null {
  if ('price' in plan.entry) return plan.entry.price;
  if (plan.entry.type === 'stop') return plan.entry.triggerPrice;
  if (facts.quote === null) return null;
  return quotedPrice(plan.direction === 'long' ? facts.quote.ask : facts.quote.bid);
}

function denied(rule: RuleCode, input: string, limit: string): RuleVerdict {
  return { rule, outcome: 'deny', input, limit, text: 'The plan can be judged at all' };
}
