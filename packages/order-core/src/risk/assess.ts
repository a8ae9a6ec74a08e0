import { isTradedIn, type TradePlan } from '@ballast/domain';
import { expectedEntry } from './exposure.ts';
import type { RiskFacts, Rule } from './facts.ts';
import { accountExposure } from './rules/account-exposure.ts';
import { brake } from './rules/brake.ts';
import { busy } from './rules/busy.ts';
import { buyingPower } from './rules/buying-power.ts';
import { coverage } from './rules/coverage.ts';
import { dailyLoss } from './rules/daily-loss.ts';
import { duplicateIntent } from './rules/duplicate-intent.ts';
import { entryExpiry } from './rules/entry-expiry.ts';
import { frozen } from './rules/frozen.ts';
import { instrumentExposure } from './rules/instrument-exposure.ts';
import { levelSides } from './rules/level-sides.ts';
import { lossStreak } from './rules/loss-streak.ts';
import { marketOpen } from './rules/market-open.ts';
import { notionalMin } from './rules/notional-min.ts';
import { orderKind } from './rules/order-kind.ts';
import { positionCount } from './rules/position-count.ts';
import { positionShare } from './rules/position-share.ts';
import { priceBand } from './rules/price-band.ts';
import { priceTick } from './rules/price-tick.ts';
import { quantityLot } from './rules/quantity-lot.ts';
import { quantityRange } from './rules/quantity-range.ts';
import { quietWindow } from './rules/quiet-window.ts';
import { quoteAge } from './rules/quote-age.ts';
import { riskPerTrade } from './rules/risk-per-trade.ts';
import { sectorExposure } from './rules/sector-exposure.ts';
import { shortAllowed } from './rules/short-allowed.ts';
import { slotQuantity } from './rules/slot-quantity.ts';
import { strategyExposure } from './rules/strategy-exposure.ts';
import { triggerSide } from './rules/trigger-side.ts';

/** Every pre-trade rule, in the order shown. */
const RULES = [
  brake,
  frozen,
  busy,
  duplicateIntent,
  marketOpen,
  quietWindow,
  coverage,
  quoteAge,
  shortAllowed,
  orderKind,
  entryExpiry,
  levelSides,
  triggerSide,
  priceTick,
  priceBand,
  quantityLot,
  quantityRange,
  slotQuantity,
  notionalMin,
  riskPerTrade,
  positionShare,
  instrumentExposure,
  sectorExposure,
  strategyExposure,
  accountExposure,
  positionCount,
  dailyLoss,
  lossStreak,
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
  const markets = facts.venue?.capabilities.markets ?? null;
  // Unknown conditions are left to the rules that ask for them: they deny.
  if (markets !== null && !isTradedIn(markets, plan.instrument)) {
    const limit = `an instrument of ${markets.map(({ market }) => market).join(', ')}`;
    return [denied('INSTRUMENT_UNKNOWN', plan.instrument, limit)];
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

function denied(rule: RuleCode, input: string, limit: string): RuleVerdict {
  return { rule, outcome: 'deny', input, limit, text: 'The plan can be judged at all' };
}
