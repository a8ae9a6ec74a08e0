import type { TradeId } from '@ballast/domain';
import { dueAt } from '@ballast/order-core';
import { liveTrades } from './journal/book.ts';
import type { Journal } from './journal/journal.ts';

const LOOK_EVERY_MS = 50;

/** Tells each trade the time when it has asked to be told, and not before. */
export function startTradeClock(journal: Journal, now: () => number): { stop(): void } {
  const told = new Set<TradeId>();
  const timer = setInterval(() => {
    const at = now();
    for (const trade of liveTrades(journal.book)) {
      const due = dueAt(trade);
      if (due === null || due > at || told.has(trade.id)) continue;
      told.add(trade.id);
      journal
        .write({ type: 'input', tradeId: trade.id, input: { type: 'clock', at } })
        // A journal that refuses is ending the process, and has said why.
        .catch(() => undefined)
        .finally(() => told.delete(trade.id));
    }
  }, LOOK_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
