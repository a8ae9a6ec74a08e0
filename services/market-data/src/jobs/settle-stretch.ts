import type { Database } from '@ballast/db';
import {
  barCloseTime,
  barOpenTime,
  type Instrument,
  type Timeframe,
  TIMEFRAME_MS,
  TIMEFRAMES,
} from '@ballast/domain';
import { type AskedSource, lookAgain } from '../coverage/gap-look.ts';
import { lookAtStretch } from '../coverage/stretch-look.ts';
import { rollLate, WIDE_TIMEFRAMES } from '../rolling/roll-stored.ts';

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
  const look = { until: to, isWatched, now };
  if (widening === 'roll') await rollAll(db, instrument, stretch);
  await lookAtStretch(db, instrument, { timeframe, from, ...look });
  const again = { asked, givenUp: true, now };
  await lookAgain(db, instrument, { timeframe, from, to: to - 1, ...again });
  if (widening === 'none') return;
  for (const wide of TIMEFRAMES.slice(TIMEFRAMES.indexOf(timeframe) + 1)) {
    const whole = wholeBars(wide, instrument, stretch);
    const first = barOpenTime(wide, instrument.session, from);
    await lookAtStretch(db, instrument, { timeframe: wide, from: first, ...look });
    if (whole.from > whole.to) continue;
    // No minute of it was traded, so the wide bar has nothing to be made of.
    await lookAgain(db, instrument, { timeframe: wide, ...whole, ...again });
  }
}

/** By whole weeks: no bar is made of a part of what is stored, and nobody waits long meanwhile. */
async function rollAll(
  db: Database,
  instrument: Instrument,
  { from, to, now }: { readonly from: number; readonly to: number; readonly now: number },
): Promise<void> {
  const firstWeek = barOpenTime('1w', 'continuous', from);
  for (let begin = firstWeek; begin < to; begin += WEEK_MS) {
    const part = {
      from: Math.max(from, begin),
      to: Math.min(to, begin + WEEK_MS) - 1,
    };
    const roll = { ...part, until: now, state: 'backfilled', timeframes: WIDE_TIMEFRAMES } as const;
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
