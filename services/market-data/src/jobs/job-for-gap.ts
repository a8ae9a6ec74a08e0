import { addDataJob, type Database, type GapRow, hasJobFor } from '@ballast/db';
import { countOpenTimes, type Instrument, isTimeframe, TIMEFRAME_MS } from '@ballast/domain';
import { askedFrom } from '../backfill/bar-before.ts';
import { JOB_BARS_MAX } from './stretch.ts';

/** A gap of more bars than this is not filled by the way, but as a job that can be watched. */
export const GAP_BARS_MAX = 240;
/** A gap that a job did not close is left to the operator for so long. */
const AGAIN_AFTER_MS = 6 * 3_600_000;
/** A gap that was found this soon after its end is that of a lost connection. */
const JUST_ENDED_MS = 10 * 60_000;

/**
 * Makes a job of a large gap, once.
 * @returns false where it is small: whoever found it fills it
 */
export async function jobForGap(
  db: Database,
  { id: instrument, session }: Pick<Instrument, 'id' | 'session'>,
  gap: Pick<GapRow, 'id' | 'timeframe' | 'fromTime' | 'toTime' | 'bars' | 'foundAt'>,
  make: { readonly now: number; readonly jobId: string },
): Promise<boolean> {
  const { timeframe, fromTime } = gap;
  if (gap.bars <= GAP_BARS_MAX || !isTimeframe(timeframe)) return false;
  // The newest part of a gap that is too large for one job; the rest is found again after it.
  const toTime = gap.toTime + TIMEFRAME_MS[timeframe];
  const from = Math.max(fromTime, toTime - JOB_BARS_MAX * TIMEFRAME_MS[timeframe]);
  const { now, jobId } = make;
  const known = { instrument, timeframe, from, to: toTime, since: now - AGAIN_AFTER_MS };
  if (await hasJobFor(db, known)) return true;
  const isMinutes = timeframe === '1m' && from === fromTime;
  const begin = isMinutes ? await askedFrom(db, instrument, from) : from;
  const origin = gap.foundAt - toTime <= JUST_ENDED_MS ? 'reconnect' : 'schedule';
  const job = {
    ...({ id: jobId, kind: 'backfill', origin, instrument, timeframe } as const),
    ...{ fromTime: begin, toTime, input: {}, actor: 'market-data' },
    barsExpected: countOpenTimes(timeframe, session, { from: begin, to: toTime }),
    reason: `${gap.bars} bars are missing (gap ${gap.id})`,
  };
  await addDataJob(db, job, now);
  return true;
}
