import type { Regime, StrategyName, TradeDirection, TradingSession } from '@ballast/domain';

/** A host that has no way to know a fact says so; null is never meant to say it. */
export const UNKNOWN = 'unknown';

/** A value and the moment (epoch ms) that it speaks of, or that it is not known. */
export type Fact<T> = typeof UNKNOWN | { readonly at: number; readonly value: T };

/**
 * Everything the gates look at, gathered by the host at the moment `now`: no fact may be one that
 * was not known by then. Times are epoch ms; shares and rates are parts of one.
 */
export type Facts = {
  readonly now: number;
  readonly strategy: StrategyName;
  readonly direction: TradeDirection;
  /** Of the signal's instrument. */
  readonly session: TradingSession;
  /** When the signal's bar could be decided on: at its close, a day's at the next opening. */
  readonly barCloseTime: number;
  /** The settings row in force, whether the strategy may enter; null when none was ever written. */
  readonly buySwitch: Fact<{ readonly id: string | null; readonly buy: boolean } | null>;
  /**
   * When the strategy's first watched signal was, null for none; `waiver` is the kept reason to do
   * without the soak.
   */
  readonly soak: Fact<{ readonly watchedSince: number | null; readonly waiver: string | null }>;
  readonly regime: Fact<Regime>;
  /**
   * Bars that are missing in the limits' `coverageMs` before `now` or in the signal's own bar, the
   * oldest run first.
   */
  readonly gaps: Fact<readonly MissingBars[]>;
  /** Best prices, 0 for an empty side of the book; null when none has come yet. */
  readonly quote: Fact<{ readonly bid: number; readonly ask: number } | null>;
  /** When this strategy, and when any, last asked for a trade in the instrument. */
  readonly lastAsk: Fact<{ readonly strategy: number | null; readonly any: number | null }>;
  /** How many trades of the account have not ended; id of one in the instrument, if any. */
  readonly openTrades: Fact<{ readonly inAccount: number; readonly inInstrument: string | null }>;
  readonly exposure: Fact<Exposure>;
  /** Of the accounts with a position in the instrument those that are long. */
  readonly longAccountShare: Fact<number>;
  /** Of the volume that takers traded lately what they bought. */
  readonly takerBuyShare: Fact<number>;
  /** What longs paid shorts at the last settlement; null for what has no funding. */
  readonly fundingRate: Fact<number | null>;
  readonly brake: Fact<'released' | 'engaged' | 'unreadable'>;
};

export type MissingBars = { readonly fromTime: number; readonly bars: number };

/** What is bound already, as shares of the equity; `sector` is that of the instrument. */
export type Exposure = {
  readonly account: number;
  readonly strategy: number;
  readonly sector: number;
};
