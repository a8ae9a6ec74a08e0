import type { Database } from '@ballast/db';
import {
  type Bar,
  barCloseTime,
  barOpenTime,
  barSpanEnd,
  type Instrument,
  type InstrumentId,
  InvalidInput,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { takeTurns } from '../turns.ts';
import { createLateMinutes, type LateMinutes } from './late-minutes.ts';
import { rollLate, rollStored, STORED_WITHIN_MS, WIDE_TIMEFRAMES } from './roll-stored.ts';

const EVERY_MS = 5_000;
/** Every wide bar that holds a minute ends no earlier than this one. */
const NARROWEST = '5m';

type Options = {
  db: Database;
  /** May change at any time. */
  instruments: () => readonly Instrument[];
  begin: number;
  now: () => number;
  log: Logger;
};

/**
 * Stores wide bars as they end, and makes those anew whose minutes are stored later than that.
 * @param begin wide bars that end after this moment (epoch ms) are made as they end
 */
export function startRollWatch(options: Options) {
  const { begin, now, log, instruments } = options;
  const counts = { barsRolled: 0, failedRolls: 0 };
  const rolledUntil = new Map<InstrumentId, number>();
  /** What is stored from now on of the time before this may not be in the wide bars. */
  const readUntil = new Map<InstrumentId, number>();
  const late = createLateMinutes();

  async function rollOne(instrument: Instrument, until: number): Promise<void> {
    const { id } = instrument;
    const from = rolledUntil.get(id) ?? begin;
    const timeframes = endedBetween(instrument, from, until);
    try {
      if (timeframes.length > 0) {
        readUntil.set(id, until);
        const stretch = { from, to: until, until, timeframes, state: 'closed' } as const;
        counts.barsRolled += await rollStored(options.db, instrument, stretch);
        rolledUntil.set(id, until);
      }
    } catch (error) {
      // Trying again mends no number: those bars stay missing, and are told as a gap.
      if (error instanceof InvalidInput) rolledUntil.set(id, until);
      throw error;
    }
    // After it: a bar that was made just now may have been found missing before.
    const again = late.take(id);
    if (again === undefined) return;
    try {
      counts.barsRolled += await makeAnew(options, instrument, again, Math.max(from, until));
    } catch (error) {
      if (!(error instanceof InvalidInput)) late.put(id, again);
      throw error;
    }
  }

  /** Makes what is due. A minute that cannot be counted keeps its own instrument back only. */
  async function rollDue(): Promise<void> {
    const until = now() - STORED_WITHIN_MS;
    for (const instrument of instruments()) {
      try {
        await rollOne(instrument, until);
      } catch (error) {
        counts.failedRolls += 1;
        log.warn({ err: error, instrument: instrument.id }, 'wide bars were not stored');
        if (!(error instanceof InvalidInput)) return;
      }
    }
  }

  const turns = takeTurns(rollDue, EVERY_MS);
  return {
    counts,
    /** These minutes are in the database now. */
    stored(minutes: readonly Bar[]): void {
      const byId = new Map(instruments().map((one) => [one.id, one]));
      for (const minute of minutes) {
        const known = byId.get(minute.instrument);
        if (known === undefined) continue;
        const end = spanEnd(NARROWEST, known, minute.openTime);
        if (end <= (readUntil.get(known.id) ?? begin)) late.add(minute);
      }
    },
    /** Minutes of this stretch (open times) were stored by others, or before this watch began. */
    storedLate({ id }: Instrument, { from, to }: { from: number; to: number }): void {
      late.put(id, { from, to, state: 'backfilled' });
    },
    rollNow: turns.now,
    stop: turns.stop,
  };
}

type Wide = (typeof WIDE_TIMEFRAMES)[number];

const spanEnd = (wide: Wide, { session }: Instrument, at: number): number =>
  barSpanEnd(wide, session, barOpenTime(wide, session, at));

/** When the bar that holds `at` is whole: a session ends before its date, or its week, does. */
function closeOf(wide: Wide, { session }: Instrument, at: number): number {
  const openTime = barOpenTime(wide, session, at);
  return barCloseTime(wide, session, openTime) ?? barSpanEnd(wide, session, openTime);
}

/** Once more where the date ends after the session: what came in between is in it then. */
const endedBetween = (instrument: Instrument, from: number, until: number): Wide[] =>
  WIDE_TIMEFRAMES.filter((wide) => {
    const close = closeOf(wide, instrument, until);
    return spanEnd(wide, instrument, from) <= until || (from < close && close <= until);
  });

/** Those that hold late minutes and had ended by `until`. */
async function makeAnew(
  { db, now }: Options,
  instrument: Instrument,
  again: LateMinutes,
  until: number,
): Promise<number> {
  const timeframes = WIDE_TIMEFRAMES.filter(
    (wide) => closeOf(wide, instrument, again.from) <= until,
  );
  if (timeframes.length === 0) return 0;
  return rollLate(db, instrument, { ...again, until, timeframes }, now());
}
