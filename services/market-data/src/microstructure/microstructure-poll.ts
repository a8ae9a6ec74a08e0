import type { Database } from '@ballast/db';
import { FeedError, isPassing, type PolledMicrostructure, type Route } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import { createSeriesBook, type Series } from './series-book.ts';
import { createSeriesLook } from './series-look.ts';

const REQUESTS_AT_ONCE = 4;
/** A venue that is away is asked again after this; a series that it refuses, much later. */
const UNREACHABLE_PAUSE_MS = 30_000;
const REFUSED_PAUSE_MS = 30 * 60_000;

export type PollCounts = {
  microstructurePoints: number;
  microstructureRequests: number;
  failedMicrostructureLooks: number;
};

type PollOptions = {
  readonly db: Database;
  readonly routes: () => readonly Route[];
  readonly listings: PolledMicrostructure;
  readonly historyMs: number;
  readonly now: () => number;
  readonly log: Logger;
};

/**
 * Asks the venue for what it lists beside prices, each series in its own moment, and stores what is
 * new: where it goes on is read from what is stored, so that a restart asks for nothing twice but
 * what may have been revised. Older points are asked for backwards, as far as `historyMs`.
 */
export function createMicrostructurePoll(options: PollOptions): {
  counts: PollCounts;
  poll(): Promise<void>;
  stop(): void;
} {
  const { db, routes, now, log } = options;
  const counts = {
    ...{ microstructurePoints: 0, microstructureRequests: 0, failedMicrostructureLooks: 0 },
  };
  const book = createSeriesBook(db);
  let isStopped = false;
  const { look, lookBack } = createSeriesLook({ ...options, counts, isStopped: () => isStopped });
  let pausedUntil = 0;
  let historyTurn = 0;

  /** False when nothing can be asked or stored now at all. */
  async function attempt(series: Series, work: typeof look, onRefused: () => void) {
    try {
      await work(series);
      return true;
    } catch (error) {
      counts.failedMicrostructureLooks += 1;
      const { kind, route } = series;
      const instrument = route.instrument.id;
      log.warn({ err: error, instrument, kind }, 'microstructure was not fetched');
      if (error instanceof FeedError && !isPassing(error)) {
        onRefused();
        return true;
      }
      pausedUntil = now() + UNREACHABLE_PAUSE_MS;
      return false;
    }
  }
  const attemptLook = (series: Series): Promise<boolean> =>
    attempt(series, look, () => {
      series.refusedUntil = now() + REFUSED_PAUSE_MS;
    });
  const attemptBack = (series: Series): Promise<boolean> =>
    attempt(series, lookBack, () => {
      series.historyDone = true;
    });

  async function lookAtDue(all: readonly Series[], at: number): Promise<boolean> {
    const due = dueOf(all, at);
    for (let start = 0; start < due.length; start += REQUESTS_AT_ONCE) {
      const some = due.slice(start, start + REQUESTS_AT_ONCE);
      const asked = await Promise.all(some.map(attemptLook));
      if (asked.includes(false) || isStopped) return false;
    }
    return true;
  }

  return {
    counts,
    stop() {
      isStopped = true;
    },
    async poll() {
      const at = now();
      if (at < pausedUntil) return;
      const all = await book.refresh(routes(), at);
      if (!(await lookAtDue(all, at))) return;
      const older = all.filter(({ first, historyDone }) => first !== null && !historyDone);
      // One question for the time before the first look: bars get their share of the budget.
      historyTurn += 1;
      const series = older[historyTurn % older.length];
      if (series !== undefined) await attemptBack(series);
    },
  };
}

/** The one that waits longest comes first. */
function dueOf(all: readonly Series[], at: number): Series[] {
  return all
    .filter(({ dueAt, refusedUntil }) => Math.max(dueAt, refusedUntil) <= at)
    .toSorted((a, b) => a.dueAt - b.dueAt);
}
