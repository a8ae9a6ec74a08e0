import { type Database, type DataJob, storeHistory } from '@ballast/db';
import { type Bar, countOpenTimes, type Instrument } from '@ballast/domain';
import { FeedError } from '@ballast/feeds';
import { askedSource, type HistoryOf, type KeptBars } from '../sources/kept-bars.ts';
import { isAsked, type Run, unlessStopped } from './job-work.ts';
import { settleJob } from './settle-job.ts';
import { timeOfBars } from './stretch.ts';

/** What ByBit gives in one answer. */
const PAGE_BARS = 1_000;

type Backfill = {
  readonly db: Database;
  readonly historyOf: HistoryOf;
  /** Whether somebody looks for its newest bars all the time. */
  readonly isWatched: (instrument: Instrument) => boolean;
};

/**
 * Bars from the venue's history, page by page from where the job was, the oldest first. A page is
 * stored before the row says so: a process that dies in between asks for that page again, and what
 * is stored twice is there once. At the end, also an early one, gaps and wide bars are made true.
 * @throws FeedError, JobStopped
 */
export async function runBackfill(parts: Backfill, run: Run): Promise<void> {
  const { job, instrument, signal, progress } = run;
  const kept = parts.historyOf(instrument.id);
  if (kept === null) {
    throw new FeedError('HISTORY_REFUSED', `no venue of ours keeps bars of ${instrument.id}`);
  }
  const asked = askedSource(kept);
  let at = job.doneUntil;
  try {
    for (; at < job.toTime;) {
      const end = pageEnd(job, instrument, at);
      const bars = await unlessStopped(signal, pageOf(kept, job, at, end));
      // What was made of trades and differs is corrected: the venue itself has been asked.
      const { stored, replaced, kept: better } = await storeHistory(parts.db, bars);
      at = end;
      const page = { barsStored: stored, barsReplaced: replaced, barsKept: better };
      await progress({ doneUntil: end, ...page });
    }
  } catch (error) {
    const isOver = error instanceof FeedError || isAsked(error);
    // Also what a process that ended has stored before: at the first failure, not at each.
    const isFirst = at > job.doneUntil || job.attempts === 0 || isAsked(error);
    if (isOver && isFirst) await settle(at);
    throw error;
  }
  await settle(at);

  async function settle(until: number): Promise<void> {
    const isWatched = parts.isWatched(instrument);
    await settleJob(parts.db, { job, instrument }, { until, isWatched, asked, now: run.now() });
  }
}

/** Where the page that begins at `at` ends; stretches without trading are passed over with it. */
function pageEnd({ timeframe, toTime }: DataJob, { session }: Instrument, at: number): number {
  return Math.min(at + timeOfBars(timeframe, session, PAGE_BARS), toTime);
}

/** Nothing is asked for where the session makes no bar. */
async function pageOf(
  { history, route }: KeptBars,
  { timeframe }: DataJob,
  from: number,
  to: number,
): Promise<Bar[]> {
  const { session } = route.instrument;
  const isTraded = session === 'continuous' || countOpenTimes(timeframe, session, { from, to }) > 0;
  if (!isTraded) return [];
  const bars: Bar[] = [];
  for await (const page of history.bars(route, timeframe, from, to)) bars.push(...page);
  return bars;
}
