import type { TradeId } from '@ballast/domain';
import { dueAt } from '@ballast/order-core';
import type { Clock } from './clock.ts';
import { liveTrades } from './journal/book.ts';
import type { Journal } from './journal/journal.ts';

/** Tells each trade the time when it has asked to be told, and not before. */
export function startTradeClock(journal: Journal, clock: Clock): { stop(): void } {
  const told = new Set<TradeId>();
  let waitingFor = Number.POSITIVE_INFINITY;
  let stopTimer: (() => void) | null = null;
  let stopped = false;

  function tell(): void {
    waitingFor = Number.POSITIVE_INFINITY;
    stopTimer = null;
    const at = clock.now();
    for (const trade of liveTrades(journal.book)) {
      const due = dueAt(trade);
      if (due === null || due > at || told.has(trade.id)) continue;
      told.add(trade.id);
      journal
        .write({ type: 'input', tradeId: trade.id, input: { type: 'clock', at } })
        // A journal that refuses is ending the process, and has said why.
        .catch(() => undefined)
        .finally(() => {
          told.delete(trade.id);
          wait();
        });
    }
    wait();
  }

  /** Sets the timer for the earliest date that nobody has been told of. */
  function wait(): void {
    const dues = liveTrades(journal.book)
      .filter(({ id }) => !told.has(id))
      .flatMap((trade) => dueAt(trade) ?? []);
    const earliest = Math.min(...dues);
    if (stopped || earliest >= waitingFor) return;
    stopTimer?.();
    waitingFor = earliest;
    stopTimer = clock.after(Math.max(0, earliest - clock.now()), tell);
  }

  journal.onCommit(wait);
  wait();
  return {
    stop() {
      stopped = true;
      stopTimer?.();
    },
  };
}
