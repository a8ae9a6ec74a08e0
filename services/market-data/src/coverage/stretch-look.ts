import { coverageOf, type Database, recordLook, storedOpenTimes } from '@ballast/db';
import {
  expectedOpenTimes,
  findGaps,
  type Instrument,
  type Timeframe,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { lookForGaps } from './gap-look.ts';

/** Bars looked at in one go: a week of minutes. */
const BARS_PER_LOOK = 10_080;

/**
 * Makes bars wanted from `from` on (open time, epoch ms), also before what was looked at so far,
 * and writes what is missing as gaps: of all the time in between too, since what is wanted is one
 * stretch. The newest part first, so that a look that breaks off leaves nothing unseen behind it.
 */
export async function lookAtStretch(
  db: Database,
  instrument: Pick<Instrument, 'id' | 'session'>,
  look: {
    readonly timeframe: Timeframe;
    readonly from: number;
    /** Bars that had ended by then. */
    readonly until: number;
    /** Somebody else looks for the newest: no gap is written twice. */
    readonly isWatched: boolean;
    readonly now: number;
  },
): Promise<void> {
  const { timeframe, from, until, isWatched, now } = look;
  const { id, session } = instrument;
  const known = await coverageOf(db, id, timeframe);
  if (known !== null) {
    const { checkedUntil } = known;
    for (let end = known.fromTime; end > from;) {
      const begin = Math.max(from, end - BARS_PER_LOOK * TIMEFRAME_MS[timeframe]);
      const reach = { from: begin, to: Math.min(checkedUntil, end + TIMEFRAME_MS['1w']) };
      const part = expectedOpenTimes(timeframe, session, reach).filter((time) => time < end);
      const range = { instrument: id, timeframe, from: begin, to: end - 1 };
      const gaps = findGaps(part, await storedOpenTimes(db, range));
      const found = { instrument: id, timeframe, fromTime: begin, checkedUntil, gaps, now };
      await recordLook(db, found);
      end = begin;
    }
  }
  if (isWatched && known !== null) return;
  await lookForGaps(db, instrument, { timeframe, from, until, now });
}
