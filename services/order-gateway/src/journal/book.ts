import type { InstrumentId, TradeId } from '@ballast/domain';
import { ENDED, flat, type Position, type Trade } from '@ballast/order-core';

export type OpenIncident = {
  readonly id: string;
  readonly kind: string;
  readonly instrument: InstrumentId;
  readonly tradeId: TradeId | null;
  readonly detail: string;
};

/**
 * What the gateway knows, as of the last commit. Only the journal changes it, and only after the
 * commit: a transaction that failed leaves no trace.
 */
export type Book = {
  readonly trades: ReadonlyMap<TradeId, Trade>;
  /** Ledger position of the account by instrument, folded from every fill. */
  readonly positions: ReadonlyMap<InstrumentId, Position>;
  readonly incidents: ReadonlyMap<string, OpenIncident>;
  readonly auditHead: { readonly seq: number; readonly hash: string };
};

export function positionIn(book: Book, instrument: InstrumentId, currency: string): Position {
  return book.positions.get(instrument) ?? flat(currency);
}

/**
 * Trades that may still do something; ended ones are read back from the database when a late fill
 * wants them.
 */
export function liveTrades(book: Book): Trade[] {
  return [...book.trades.values()].filter((trade) => !ENDED.has(trade.status));
}
