import {
  type Instrument,
  type InstrumentId,
  InvalidInput,
  type Money,
  parsePrice,
  type Price,
  type Quote,
  type TradeId,
  type TradePlan,
  type VenueConditions,
} from '@ballast/domain';
import type { RiskLimits } from './limits.ts';

/** What something in one instrument binds of the account. */
export type Exposure = {
  readonly instrument: InstrumentId;
  readonly sector: string | null;
  /** Never negative: a short binds as much as a long. */
  readonly notional: Money;
};

/** What an open trade holds, or may still enter, of the account. */
export type OpenExposure = Exposure & {
  readonly tradeId: TradeId;
  /** Null for the operator's own trades. */
  readonly strategy: string | null;
};

/** What ended before: realised amounts are after fees. */
export type TradingHistory = {
  /** Of trades that ended in the current UTC day, one amount a currency. */
  readonly realisedToday: readonly Money[];
  /** Newest first, and enough of them to see the longest streak that the limits speak of. */
  readonly results: readonly { readonly endedAt: number; readonly realised: Money }[];
  /** Plans that became trades lately, whether those have ended or not. */
  readonly recentPlans: readonly RecentPlan[];
};

export type RecentPlan = {
  readonly tradeId: TradeId;
  readonly plan: TradePlan;
  readonly createdAt: number;
};

/** What is known of an instrument's 1-minute bars; times epoch ms. */
export type KnownCoverage = {
  /** Bars that had ended by then were looked for. */
  readonly checkedUntil: number;
  /**
   * Runs of bars that are missing, the oldest first, by the open times of the first and last; all
   * of `coverageSpanMs` back and perhaps older ones.
   */
  readonly gaps: readonly {
    readonly fromTime: number;
    readonly toTime: number;
    readonly bars: number;
  }[];
};

/**
 * Everything the pre-trade rules look at, gathered by the caller at one moment. Null means: not
 * known, which denies; only `coverage` says otherwise.
 */
export type RiskFacts = {
  /** Epoch ms. */
  readonly now: number;
  readonly limits: RiskLimits;
  readonly instrument: Instrument | null;
  readonly quote: Quote | null;
  readonly brake: 'released' | 'engaged' | 'unreadable';
  /** Why the instrument is frozen; null when it is not. */
  readonly frozen: string | null;
  readonly openTrades: readonly OpenExposure[];
  /** What the account holds that no trade of ours entered, explained or not. */
  readonly unattributed: readonly Exposure[];
  readonly balance: { readonly equity: Money; readonly available: Money } | null;
  readonly venue: VenueConditions | null;
  /** Null: nobody looks for its bars, which is said and passes. */
  readonly coverage: KnownCoverage | null;
  readonly history: TradingHistory | null;
};

/** What one rule sees: the plan priced at its expected entry, and the facts. */
export type RuleInput = {
  readonly plan: TradePlan;
  readonly facts: RiskFacts;
  readonly instrument: Instrument;
  /** Limit price, or the side of the quote that a market order meets. */
  readonly entryPrice: Price;
};

export type RuleOutcome = {
  readonly outcome: 'pass' | 'deny';
  /** What the rule saw and what it allows, as shown and stored, with units. */
  readonly input: string;
  readonly limit: string;
};

export type Rule<Code extends string = string> = {
  readonly code: Code;
  /** What the rule protects from, in the operator's words. */
  readonly text: string;
  check(input: RuleInput): RuleOutcome;
};

export function outcome(pass: boolean, input: string, limit: string): RuleOutcome {
  return { outcome: pass ? 'pass' : 'deny', input, limit };
}

/** A quote's price; null where there is none (an empty side of the book comes as "" or "0"). */
export function quotedPrice(text: string): Price | null {
  try {
    return parsePrice(text);
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}
