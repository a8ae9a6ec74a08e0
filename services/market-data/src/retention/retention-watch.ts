import {
  type Database,
  jobReachingBefore,
  trimBars,
  trimMicrostructure,
  trimQualityRecords,
} from '@ballast/db';
import type { Timeframe } from '@ballast/domain';
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

  async function once(
    what: string,
    months: number,
    trim: (before: number) => Promise<{ gone: number; isWhole: boolean }>,
  ) {
    const before = keptFrom(months, now());
    if (doneBefore.get(what) === before) return;
    try {
      const { gone, isWhole } = await trim(before);
      if (isWhole) doneBefore.set(what, before);
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
        const of = { timeframe, before, now: now() };
        const { gone, isWhole } = await trimUnlessBrought({ db, log }, of, () => stopping);
        counts.barsTrimmed += gone;
        return { gone, isWhole };
      });
    }
    await once('quality records', qualityMonths, async (before) => {
      const records = await trimQualityRecords(db, before, () => stopping);
      counts.recordsTrimmed += records;
      return { gone: records, isWhole: true };
    });
    if (microstructureMonths === null) return;
    await once('microstructure', microstructureMonths, async (before) => {
      const gone = await trimMicrostructure(db, before);
      counts.monthsTrimmed += gone;
      return { gone, isWhole: true };
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

/**
 * What a job brings becomes wide bars, and is looked at, when all of it is stored: of bars that go
 * before that nothing would be made, and they would be missing. So they stay until it has ended.
 * @returns how many bars are gone, and whether all that were to go are
 */
async function trimUnlessBrought(
  { db, log }: { readonly db: Database; readonly log: Logger },
  of: { readonly timeframe: Timeframe; readonly before: number; readonly now: number },
  isStopping: () => boolean,
): Promise<{ readonly gone: number; readonly isWhole: boolean }> {
  let isWhole = true;
  const gone = await trimBars(db, of, async () => {
    const job = await jobReachingBefore(db, of.before);
    isWhole = job === null && !isStopping();
    if (job !== null) {
      const what = of.timeframe;
      log.info({ what, job }, 'what is old goes when the job that reaches there has ended');
    }
    return !isWhole;
  });
  return { gone, isWhole };
}
