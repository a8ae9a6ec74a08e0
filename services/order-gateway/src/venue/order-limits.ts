import { liveTrades } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import type { Store } from '../store/store.ts';

/**
 * Tells each trade the most that the venue takes in one order by now: one that was opened under a
 * higher limit could neither be protected nor closed in one piece.
 */
export async function tellOrderLimits(
  store: Pick<Store, 'instruments'>,
  journal: Pick<Journal, 'book' | 'write'>,
  at: number,
): Promise<void> {
  const trades = liveTrades(journal.book);
  if (trades.length === 0) return;
  const instruments = new Map((await store.instruments()).map((newest) => [newest.id, newest]));
  await Promise.all(
    trades.map(async ({ id: tradeId, instrument }) => {
      const { maxQuantity } = instruments.get(instrument.id) ?? instrument;
      if (maxQuantity === instrument.maxQuantity) return;
      const input = { type: 'maxQuantityChanged', at, maxQuantity } as const;
      await journal.write({ type: 'input', tradeId, input });
    }),
  );
}
