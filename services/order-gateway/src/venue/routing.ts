import { type TradeId, tradeOfClientOrderId } from '@ballast/domain';
import type { Book } from '../journal/book.ts';
import type { Store } from '../store/store.ts';

/** Finds the trade behind a venue's message; null for an order that Ballast did not make. */
export type Router = (clientOrderId: string) => Promise<TradeId | null>;

/** The book first, then the database: late fills of ended trades are ours too. */
export function createRouter(store: Pick<Store, 'tradeOfOrder'>, book: () => Book): Router {
  return async (clientOrderId) => {
    const tradeId = tradeOfClientOrderId(clientOrderId);
    if (tradeId === null) return null;
    const order = book().trades.get(tradeId)?.orders[clientOrderId];
    if (order !== undefined) return tradeId;
    const stored = await store.tradeOfOrder(clientOrderId);
    return stored === tradeId ? tradeId : null;
  };
}
