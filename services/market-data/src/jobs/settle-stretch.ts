import { coverageOf, type Database, storedOpenTimes } from '@ballast/db';
import {
  barCloseTime,
  barOpenTime,
  barSpanEnd,
  type Instrument,
  isSessionOpen,
  nextOpening,
  type Timeframe,
  TIMEFRAME_MS,
  TIMEFRAMES,
} from '@ballast/domain';
import { type AskedSource, lookAgain } from '../coverage/gap-look.ts';
import { lookAtStretch } from '../coverage/stretch-look.ts';
import { leaveUnwanted } from '../coverage/unwanted-runs.ts';
import { rollLate, STORED_WITHIN_MS, WIDE_TIMEFRAMES } from '../rolling/roll-stored.ts';

const WEEK_MS = TIMEFRAME_MS['1w'];

/**
 * What follows from bars that were brought: the wide bars of minutes, and the gaps, which are ended
 * or found. Doing it again changes nothing.
 */
export async function settleStretch(
  db: Database,
  instrument: Instrument,
  stretch: {
    readonly timeframe: Timeframe;
    /** Open times, epoch ms: `from` included, `to` not. */
    readonly from: number;
    readonly to: number;
    readonly now: number;
    /** Somebody else looks for its newest bars. */
    readonly isWatched: boolean;
    /** Who was asked for all of it: what it does not have either has ended without its bars. */
    readonly asked: AskedSource | null;
    /** What becomes of wider bars: made of the minutes here, made already, or not of these. */
    readonly wide: 'roll' | 'made' | 'none';
  },
): Promise<void> {
  const { timeframe, from, to, now, isWatched, asked, wide: widening } = stretch;
  const { session } = instrument;
  const look = { until: to, isWatched, now };
  if (widening === 'roll') {
    await rollAll(db, instrument, stretch);
    if (!isWatched) await rollLeft(db, instrument, stretch);
  }
  await lookAtStretch(db, instrument, { timeframe, from, ...look });
  const again = { asked, givenUp: true, now };
  await lookAgain(db, instrument, { timeframe, from, to: to - 1, ...again });
  if (widening === 'none') return;
  if (!isWatched) await leaveWide(db, instrument, stretch);
  const begin = firstTraded(instrument, from);
  if (begin >= to) return;
  // What has just ended of a watched instrument is not made yet, and so not missing either.
  const made = widening === 'roll' ? Math.min(to, madeUntil(stretch)) : to;
  for (const wide of TIMEFRAMES.slice(TIMEFRAMES.indexOf(timeframe) + 1)) {
    const whole = wholeBars(wide, instrument, { from, to: made });
    const first = await firstMade(db, instrument, wide, begin);
    if (first < made) {
      const wideLook = { timeframe: wide, from: first, ...look, until: made };
      await lookAtStretch(db, instrument, wideLook);
    }
    // No minute of it was traded, so the wide bar has nothing to be made of.
    if (whole.from <= whole.to) {
      await lookAgain(db, instrument, { timeframe: wide, ...whole, ...again });
    }
    // Of one that began before it, or ends after it, all minutes may have ended by now.
    for (const at of new Set([begin, to - 1].map((moment) => barOpenTime(wide, session, moment)))) {
      const held = { timeframe: wide, from: at, to: at };
      await lookAgain(db, instrument, { ...again, ...held, asked: null });
    }
  }
}

/**
 * What nobody wants of the minutes before the stretch, nobody wants of wide bars: there is nothing
 * to make them of when somebody looks for the newest again.
 */
async function leaveWide(
  db: Database,
  instrument: Instrument,
  of: { readonly timeframe: Timeframe; readonly from: number; readonly now: number },
): Promise<void> {
  const { from: until, now } = of;
  for (const timeframe of TIMEFRAMES.slice(TIMEFRAMES.indexOf(of.timeframe) + 1)) {
    await leaveUnwanted(db, instrument, { timeframe, until, now });
  }
}

/**
 * Open time of the first wide bar of what was traded from `begin` on. One that began before it is
 * wanted only where it is stored: what nobody asked for may be all that it could be made of.
 */
async function firstMade(
  db: Database,
  instrument: Instrument,
  wide: Timeframe,
  begin: number,
): Promise<number> {
  const { id, session } = instrument;
  const first = barOpenTime(wide, session, begin);
  const end = barSpanEnd(wide, session, first);
  if (firstTraded(instrument, end - TIMEFRAME_MS[wide]) === begin) return first;
  const at = { instrument: id, timeframe: wide, from: first, to: first };
  return (await storedOpenTimes(db, at)).length > 0 ? first : barOpenTime(wide, session, end);
}

/** 00:00 UTC is an evening in New York: the day there has nothing of a stretch from it on. */
function firstTraded({ session }: Instrument, from: number): number {
  return isSessionOpen(session, from) ? from : nextOpening(session, from);
}

/**
 * The wide bars that were under way when an instrument was looked at last: what lies between that
 * and the stretch is about to be nobody's loss, and nobody would make them then.
 */
async function rollLeft(
  db: Database,
  instrument: Instrument,
  { timeframe, from, now }: { timeframe: Timeframe; from: number; now: number },
): Promise<void> {
  const until = (await coverageOf(db, instrument.id, timeframe))?.checkedUntil ?? from;
  if (until >= from) return;
  // A minute may have been stored since, and not have been looked at.
  const left = { from: until - 1, to: until + TIMEFRAME_MS['1m'] };
  const roll = { ...left, until: now, state: 'backfilled', timeframes: WIDE_TIMEFRAMES } as const;
  await rollLate(db, instrument, roll, now);
}

/** Of wide bars that had ended by then all minutes are stored; others are made by who watches. */
function madeUntil({ now, isWatched }: { readonly now: number; readonly isWatched: boolean }) {
  return isWatched ? now - STORED_WITHIN_MS : now;
}

/** By whole weeks: no bar is made of a part of what is stored, and nobody waits long meanwhile. */
async function rollAll(
  db: Database,
  instrument: Instrument,
  stretch: Readonly<Record<'from' | 'to' | 'now', number>> & { readonly isWatched: boolean },
): Promise<void> {
  const { from, to, now } = stretch;
  const until = madeUntil(stretch);
  const firstWeek = barOpenTime('1w', 'continuous', from);
  for (let begin = firstWeek; begin < to; begin += WEEK_MS) {
    const part = {
      from: Math.max(from, begin),
      to: Math.min(to, begin + WEEK_MS) - 1,
    };
    const roll = { ...part, until, state: 'backfilled', timeframes: WIDE_TIMEFRAMES } as const;
    await rollLate(db, instrument, roll, now);
  }
}

/** Open times of the first and the last wide bar that lie in the stretch as a whole. */
function wholeBars(
  wide: Timeframe,
  { session }: Instrument,
  { from, to }: { readonly from: number; readonly to: number },
): { readonly from: number; readonly to: number } {
  const first = barOpenTime(wide, session, from);
  const last = barOpenTime(wide, session, to);
  const ends = barCloseTime(wide, session, last) ?? last;
  return { from: first < from ? first + 1 : first, to: ends <= to ? last : last - 1 };
}
