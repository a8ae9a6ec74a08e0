import type { Bar } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { createBarWriter } from './bar-writer.ts';

/** Bars that wait while the database is away: a day of 30 instruments. */
const WAITING_MAX = 43_200;
const BATCH_MAX = 1_000;
const RETRY_DELAY_MS = 1_000;

/** Stores bars in the background, in order; a database that is away delays bars and never ticks. */
export function createBarStore(
  save: (bars: readonly Bar[]) => Promise<void>,
  log: Logger,
  retryDelayMs: number = RETRY_DELAY_MS,
) {
  let waiting: Bar[] = [];
  let underWay: Promise<void> | undefined;
  let closing = false;
  const counts = { stored: 0, dropped: 0, refused: 0, failedWrites: 0 };
  const storeNow = createBarWriter(save, log, counts);

  function add(bars: readonly Bar[]): void {
    if (bars.length === 0) return;
    for (const bar of bars) waiting.push(bar);
    const surplus = waiting.length - WAITING_MAX;
    if (surplus > 0) {
      drop(surplus);
      counts.dropped += surplus;
      log.error({ code: 'BARS_DROPPED', dropped: counts.dropped }, 'database is away for too long');
    }
    underWay ??= drain().finally(() => {
      underWay = undefined;
    });
  }

  /** A missing bar is found and brought again; a wrong one that lacks its correction is not. */
  function drop(surplus: number): void {
    let left = surplus;
    waiting = waiting.filter(({ state }) => {
      if (left === 0 || state === 'corrected') return true;
      left -= 1;
      return false;
    });
    waiting.splice(0, left);
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_MAX);
      try {
        await storeNow(batch);
      } catch (error) {
        counts.failedWrites += 1;
        waiting.unshift(...batch);
        log.warn({ err: error, waiting: waiting.length }, 'bars were not stored');
        if (closing) return;
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      }
    }
  }

  return {
    add,
    /** Without waiting or trying again. @throws the database's error, unless a bar is at fault */
    storeNow,
    counts,
    /** Resolves when nothing waits any more. */
    flush: async (): Promise<void> => await underWay,
    /**
     * Tries once more what waits; what still cannot be stored is logged and comes from the venue
     * next time.
     */
    async close(): Promise<void> {
      closing = true;
      await underWay;
      if (waiting.length > 0)
        log.error({ code: 'BARS_NOT_STORED', bars: waiting.length }, 'given up');
    },
  };
}
