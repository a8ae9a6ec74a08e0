import type { TradeId } from '@ballast/domain';
import { dueAt } from '@ballast/order-core';
import type { Clock } from './clock.ts';
import { type Book, liveTrades } from './journal/book.ts';
import type { Journal } from './journal/journal.ts';

type TradeJournal = Pick<Journal, 'write' | 'onCommit'> & {
  readonly book: Pick<Book, 'trades'>;
};

/** The system's timers fire at once beyond 24.8 days: a longer wait is looked at in between. */
const WAIT_MAX_MS = 24 * 3_600_000;

/** Tells each trade the time when it has asked to be told, and not before. */
export function startTradeClock(
  journal: TradeJournal,
  clock: Pick<Clock, 'now' | 'after'>,
): { stop(): void } {
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
    const now = clock.now();
    const lookAt = Math.min(...dues, now + WAIT_MAX_MS);
    if (stopped || dues.length === 0 || lookAt >= waitingFor) return;
    stopTimer?.();
    waitingFor = lookAt;
    stopTimer = clock.after(Math.max(0, lookAt - now), tell);
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
