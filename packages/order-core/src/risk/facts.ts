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
} from '@ballast/domain';

/**
 * Everything the pre-trade rules look at, gathered by the caller at one moment. Null means: not
 * known, which denies.
 */
export type RiskFacts = {
  /** Epoch ms. */
  readonly now: number;
  readonly instrument: Instrument | null;
  readonly quote: Quote | null;
  readonly brake: 'released' | 'engaged' | 'unreadable';
  /** Why the instrument is frozen; null when it is not. */
  readonly frozen: string | null;
  readonly openTrades: readonly {
    readonly tradeId: TradeId;
    readonly instrument: InstrumentId;
  }[];
  readonly balance: { readonly equity: Money; readonly available: Money } | null;
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
