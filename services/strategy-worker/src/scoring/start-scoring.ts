import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@ballast/db';
import { InvalidInput, type MarketEvent } from '@ballast/domain';
import type { Logger, Metrics } from '@ballast/observability';
import { ScoreBook } from './score-book.ts';

const TURN_EVERY_MS = 200;

/**
 * Scores the universe on each bar's close. It is a watchlist: what fails here is logged and tried
 * again, and holds no decision up.
 */
export function startScoring(options: {
  readonly db: Database;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}): { accept(events: readonly MarketEvent[]): void; stop(): Promise<void> } {
  const { log, metrics } = options;
  const counts = {
    bars: metrics.counter('ballast_strategy_worker_bars_scored_total', 'Minutes that were scored'),
    rows: metrics.counter('ballast_strategy_worker_scores_written_total', 'Scores stored'),
    failures: metrics.counter(
      'ballast_strategy_worker_scoring_failures_total',
      'Turns of the scoring that failed',
    ),
    behind: metrics.gauge(
      'ballast_strategy_worker_scoring_behind',
      'Instruments whose scores are to be begun from the stored bars',
    ),
  };
  const book = new ScoreBook(options);
  const stopping = new AbortController();
  const { signal } = stopping;
  const turning = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        counts.rows.inc({}, await book.turn());
        counts.behind.set({}, book.behind);
      } catch (error) {
        counts.failures.inc();
        log.error({ err: error }, 'scores were not brought up to date');
      }
      await delay(TURN_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const done = turning();
  return {
    accept(events) {
      for (const event of events) {
        if (event.kind !== 'bar') continue;
        try {
          if (book.accept(event.bar)) counts.bars.inc();
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error;
          // The host of the strategies says so; here its instrument is begun anew with the next.
          counts.failures.inc();
        }
      }
    },
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
