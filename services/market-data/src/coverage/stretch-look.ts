import { beginCoverage, coverageOf, type Database, storedOpenTimes, wantPart } from '@ballast/db';
import {
  findGaps,
  type Instrument,
  openTimesWithin,
  type Timeframe,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { lookForGaps } from './gap-look.ts';
import { leaveUnwanted, restOfRun, unwantedPart } from './unwanted-runs.ts';

/** Bars looked at in one go: a week of minutes. */
const BARS_PER_LOOK = 10_080;

/**
 * Makes the bars of a stretch wanted (`from`: open time, epoch ms), wherever it lies, and writes
 * what is missing of them as gaps. What lies between it and those that were asked for so far is
 * wanted no more than before. The newest part first; a look that breaks off is made again by
 * whoever asked.
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
  if (known === null) await beginCoverage(db, { instrument: id, timeframe, fromTime: from });
  const begin = isWatched && known !== null ? known.checkedUntil : from;
  await leaveUnwanted(db, instrument, { timeframe, from, until: begin, now });
  if (!isWatched || known === null) {
    await lookForGaps(db, instrument, { timeframe, from, until, now });
  }
  // Now that all of it counts as looked at, no other job passes over any of it.
  for (;;) {
    const part = await unwantedPart(db, instrument, { timeframe, from, until });
    if (part === null || part.from >= part.end) break;
    const { run, end } = part;
    const first = Math.max(part.from, end - BARS_PER_LOOK * TIMEFRAME_MS[timeframe]);
    const expected = openTimesWithin(timeframe, session, { from: first, to: end });
    const range = { instrument: id, timeframe, from: first, to: end - 1 };
    const gaps = findGaps(expected, await storedOpenTimes(db, range));
    await wantPart(db, run, { gaps, rest: restOfRun(run, session, { from: first, end }), now });
  }
}
