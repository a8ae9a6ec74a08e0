import type { InstrumentId, TradeId } from '@ballast/domain';
import {
  type BrakeReading,
  ENDED,
  type Position,
  type Trade,
  type Unattributed,
} from '@ballast/order-core';

export type OpenIncident = {
  readonly id: string;
  readonly kind: string;
  /** Null: it is about the whole account. */
  readonly instrument: InstrumentId | null;
  readonly tradeId: TradeId | null;
  readonly detail: string;
  /** Who has lifted its freeze, and why; absent while it holds. */
  readonly thawedBy?: string;
};

/**
 * What the gateway knows, as of the last commit. Only the journal changes it, and only after the
 * commit: a transaction that failed leaves no trace.
 */
export type Book = {
  readonly trades: ReadonlyMap<TradeId, Trade>;
  /** What Ballast did not do and that has not ended. */
  readonly unattributed: ReadonlyMap<TradeId, Unattributed>;
  /** Ledger position of the account by instrument, folded from every fill. */
  readonly positions: ReadonlyMap<InstrumentId, Position>;
  readonly incidents: ReadonlyMap<string, OpenIncident>;
  readonly brake: BrakeReading;
  readonly auditHead: { readonly seq: number; readonly hash: string };
};

/**
 * Trades that may still do something; ended ones are read back from the database when a late fill
 * wants them.
 */
export function liveTrades(book: Pick<Book, 'trades'>): Trade[] {
  return [...book.trades.values()].filter((trade) => !ENDED.has(trade.status));
}
