import { type Database, trimBars, trimMicrostructure, trimQualityRecords } from '@ballast/db';
import type { Logger } from '@ballast/observability';
import { takeTurns } from '../turns.ts';
import { keptFrom, type KeptMonths } from './kept-months.ts';

const EVERY_MS = 3_600_000;

/**
 * Lets go of what is older than it is to be kept. No data goes unless it is asked for; records of
 * its quality, of which a fault of a source makes many, always do.
 */
export function startRetention(options: {
  db: Database;
  kept: KeptMonths;
  /** Of what venues publish beside prices; null: kept for good. */
  microstructureMonths: number | null;
  /** Of records of quality. */
  qualityMonths: number;
  now: () => number;
  log: Logger;
}) {
  const { db, kept, microstructureMonths, qualityMonths, now, log } = options;
  const counts = { barsTrimmed: 0, monthsTrimmed: 0, recordsTrimmed: 0, failedTrims: 0 };
  let stopping = false;
  /** Looked at once a month each. */
  const doneBefore = new Map<string, number>();

  async function once(what: string, months: number, trim: (before: number) => Promise<number>) {
    const before = keptFrom(months, now());
    if (doneBefore.get(what) === before) return;
    try {
      const gone = await trim(before);
      doneBefore.set(what, before);
      const date = new Date(before).toISOString().slice(0, 10);
      if (gone > 0) log.info({ what, gone, before: date }, 'what is old was let go');
    } catch (error) {
      counts.failedTrims += 1;
      log.warn({ err: error, what }, 'what is old was not let go; tried again later');
    }
  }

  async function trim(): Promise<void> {
    for (const [timeframe, months] of kept) {
      await once(timeframe, months, async (before) => {
        const bars = await trimBars(db, { timeframe, before, now: now() }, () => stopping);
        counts.barsTrimmed += bars;
        return bars;
      });
    }
    await once('quality records', qualityMonths, async (before) => {
      const records = await trimQualityRecords(db, before, () => stopping);
      counts.recordsTrimmed += records;
      return records;
    });
    if (microstructureMonths === null) return;
    await once('microstructure', microstructureMonths, async (before) => {
      const months = await trimMicrostructure(db, before);
      counts.monthsTrimmed += months;
      return months;
    });
  }

  const turns = takeTurns(trim, EVERY_MS);
  void turns.now();
  return {
    counts,
    stop(): Promise<void> {
      stopping = true;
      return turns.stop();
    },
  };
}
