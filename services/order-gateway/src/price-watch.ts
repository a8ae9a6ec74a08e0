import {
  type InstrumentId,
  type Price,
  type Quote,
  QUOTE_STALE_AFTER_MS,
  type TradeId,
} from '@ballast/domain';
import { heedsPrice, type Trade } from '@ballast/order-core';
import type { Clock } from './clock.ts';
import { exitPrice } from './exit-price.ts';
import { liveTrades } from './journal/book.ts';
import type { Journal } from './journal/journal.ts';

/**
 * Tells a trade the market's price when it would act on it, and not before. While one price is
 * being stored newer ones wait; of those only the newest is looked at.
 */
export function createPriceWatch(
  journal: Pick<Journal, 'book' | 'write'>,
  clock: Pick<Clock, 'now'>,
): { heed(quote: Quote): void } {
  const telling = new Map<TradeId, { missed: boolean }>();
  const newest = new Map<InstrumentId, Quote>();

  function look(trade: Trade, quote: Quote): void {
    const at = clock.now();
    if (at - quote.receivedTime > QUOTE_STALE_AFTER_MS) return;
    const price = exitPrice(trade, quote);
    if (price === null || !heedsPrice(trade, price, at)) return;
    const underWay = telling.get(trade.id);
    if (underWay !== undefined) {
      underWay.missed = true;
      return;
    }
    const told = { missed: false };
    telling.set(trade.id, told);
    void tell(trade, price, at).then((done) => {
      telling.delete(trade.id);
      if (done && told.missed) lookAgain(trade.id, quote.instrument);
    });
  }

  /** Resolves to false when the journal refuses: it is ending the process, and has said why. */
  function tell(trade: Trade, price: Price, at: number): Promise<boolean> {
    const input = { type: 'marketPrice', at, price } as const;
    const written = journal.write({ type: 'input', tradeId: trade.id, input });
    return written.then(
      () => true,
      () => false,
    );
  }

  function lookAgain(tradeId: TradeId, instrument: InstrumentId): void {
    const [trade, latest] = [journal.book.trades.get(tradeId), newest.get(instrument)];
    if (trade !== undefined && latest !== undefined) look(trade, latest);
  }

  return {
    heed(quote) {
      newest.set(quote.instrument, quote);
      for (const trade of liveTrades(journal.book)) {
        if (trade.plan.instrument === quote.instrument) look(trade, quote);
      }
    },
  };
}
