import type { InstrumentId } from '@ballast/domain';
import { isLongBehind, type Trade } from '@ballast/order-core';
import { type Book, liveTrades } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';

/**
 * An execution that the venue took back before it was seen here is still in the sum that it
 * reported of the order: its fill never comes, the position gets no new exit, and the trade never
 * ends. A fill that is really missing makes ledger and venue differ. So once both are equal, a
 * minute after the sum was reported, there is none.
 * @param unequal instruments in which a comparison has just found ledger and venue to differ
 */
export async function dismissNeverFilled(
  journal: Pick<Journal, 'book' | 'write'>,
  unequal: ReadonlySet<InstrumentId>,
  at: number,
): Promise<void> {
  const proven = liveTrades(journal.book).filter(
    (trade) => !unequal.has(trade.plan.instrument) && isAlone(trade, journal.book),
  );
  for (const { id: tradeId, orders } of proven) {
    for (const order of Object.values(orders).filter((one) => isLongBehind(one, at))) {
      const { reportedQuantityCum } = order;
      const { clientOrderId } = order.request;
      const input = { type: 'nothingMissing', at, clientOrderId, reportedQuantityCum } as const;
      await journal.write({ type: 'input', tradeId, input });
    }
  }
}

/** Equality is about the trade only while nothing of it can be booked elsewhere. */
function isAlone({ plan, mismatchedExecutionIds }: Trade, { unattributed }: Book): boolean {
  const apart = [...unattributed.values()].some(({ instrument }) => instrument === plan.instrument);
  return mismatchedExecutionIds.length === 0 && !apart;
}
