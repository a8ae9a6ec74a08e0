import { setTimeout as delay } from 'node:timers/promises';
import { type Database, loadGaps } from '@ballast/db';
import {
  barCloseTime,
  barOpenTime,
  barSpanEnd,
  type Instrument,
  type Timeframe,
  TIMEFRAME_MS,
  TIMEFRAMES,
  type TradingSession,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { takeTurns } from '../turns.ts';
import { lookAgain, lookForGaps } from './gap-look.ts';

const EVERY_MS = 15_000;
/** A bar may come, or be made of its minutes, this long after its end before it is missing. */
const PATIENCE_MS = 30_000;
/** What is being filled may wait for a venue's rate budget; a stop does not. */
const STOP_WITHIN_MS = 1_000;
/** Open gaps of this stretch are looked at again each time; older ones when they are asked for. */
const AGAIN_WITHIN_MS = 6 * 3_600_000;
/**
 * What was not looked at for longer was not streamed: it is wanted where somebody asks for it. Gaps
 * are filled by themselves as far back.
 */
export const REACH_MS = 30 * 86_400_000;

type Options = {
  db: Database;
  /** May change at any time. */
  instruments: () => readonly Instrument[];
  begin: number;
  /**
   * Minutes of this stretch (open times) have come, or their wide bar has not: whoever stored them
   * may have ended before it was made.
   */
  onCome: (instrument: Instrument, stretch: { from: number; to: number }) => void;
  /** Called after each look, to bring what is missing; also before an earlier call has ended. */
  fill: () => Promise<void>;
  now: () => number;
  log: Logger;
};

type GapWatch = {
  counts: { missingBars: number; failedLooks: number };
  lookNow(): void;
  stop(): Promise<void>;
};

/**
 * Keeps the gaps of the bars of all timeframes true while the service runs.
 * @param begin open time of the first minute that is wanted of an instrument not known yet; of one
 * that is added later it is the minute in which it is first seen here
 */
export function startGapWatch(options: Options): GapWatch {
  const { db, instruments, begin, fill, onCome, now, log } = options;
  const counts = { missingBars: 0, failedLooks: 0 };
  const dueAt = new Map<string, number>();
  const begins = firstMinutes(begin);
  const filling = withoutWaiting(fill, (error) => {
    counts.failedLooks += 1;
    log.warn({ err: error }, 'gaps were not filled');
  });

  /** A timeframe is looked at when a bar of it may have ended since the last look. */
  async function lookAt(instrument: Instrument, timeframe: Timeframe, at: number): Promise<void> {
    const { id, session } = instrument;
    const until = at - PATIENCE_MS;
    const key = `${id} ${timeframe}`;
    if (until < (dueAt.get(key) ?? 0)) return;
    const from = at - AGAIN_WITHIN_MS - TIMEFRAME_MS[timeframe];
    const again = { timeframe, from, to: until, asked: null, now: at };
    const come = await lookAgain(db, instrument, again);
    if (timeframe === '1m') for (const stretch of come) onCome(instrument, stretch);
    const wanted = firstWanted(timeframe, session, begins.of(id));
    const reach = barOpenTime(timeframe, session, at - REACH_MS);
    const look = { timeframe, from: wanted, until, reach, now: at };
    const missing = await lookForGaps(db, instrument, look);
    if (timeframe === '1m') counts.missingBars += missing;
    else if (missing > 0 || !dueAt.has(key)) {
      // Whoever told them as missing may have ended before it made them.
      const foundAt = dueAt.has(key) ? at : null;
      const found = await unmade(db, instrument, { timeframe, foundAt, now: at });
      for (const stretch of found) onCome(instrument, stretch);
    }
    dueAt.set(key, barSpanEnd(timeframe, session, barOpenTime(timeframe, session, until)));
    const said = { code: 'BARS_MISSING', instrument: id, timeframe, missing };
    if (missing > 0) log.warn(said, 'bars are missing');
  }

  async function look(): Promise<void> {
    const at = now();
    begins.see(instruments(), at);
    for (const instrument of instruments()) {
      try {
        for (const timeframe of TIMEFRAMES) await lookAt(instrument, timeframe, at);
      } catch (error) {
        counts.failedLooks += 1;
        log.warn({ err: error, instrument: instrument.id }, 'gaps were not looked for');
        return;
      }
    }
    // Not waited for: gaps must be known in time, however long a venue takes to answer.
    filling.next();
  }

  const turns = takeTurns(look, EVERY_MS);
  void turns.now();
  return {
    counts,
    /** Without waiting for the next turn. */
    lookNow: () => void turns.now(),
    async stop() {
      await turns.stop();
      await filling.stop();
    },
  };
}

/** By instrument: `begin` of those that are there at the first look, of others when they came. */
function firstMinutes(begin: number) {
  const known = new Map<string, number>();
  let isFirst = true;
  return {
    see(instruments: readonly Instrument[], at: number): void {
      for (const { id } of instruments) {
        if (!known.has(id)) known.set(id, isFirst ? begin : minuteOf(at));
      }
      isFirst = false;
    },
    of: (id: string): number => known.get(id) ?? begin,
  };
}

/**
 * The bar that the service began in is wanted too: its first part is asked for. Not one whose
 * trading was over by then.
 */
function firstWanted(timeframe: Timeframe, session: TradingSession, begin: number): number {
  const openTime = barOpenTime(timeframe, session, begin);
  const close = barCloseTime(timeframe, session, openTime);
  if (close === null || close > begin) return openTime;
  return barOpenTime(timeframe, session, barSpanEnd(timeframe, session, openTime));
}

/**
 * Gaps of wide bars that are open, of those found at one moment (null: at any) the first: only its
 * first bar may have its minutes stored. The stretches are of moments: what names a day of a
 * session is no moment of it.
 */
async function unmade(
  db: Database,
  { id: instrument, session }: Instrument,
  of: { readonly timeframe: Timeframe; readonly foundAt: number | null; readonly now: number },
): Promise<{ from: number; to: number }[]> {
  const { timeframe, foundAt, now } = of;
  const gaps = await loadGaps(db, { instrument, timeframe, from: now - REACH_MS, to: now });
  const open = gaps.filter(({ endedAt }) => endedAt === null);
  const found = foundAt === null ? open : open.filter((gap) => gap.foundAt === foundAt).slice(0, 1);
  return found.map(({ fromTime }) => {
    const begin = barSpanEnd(timeframe, session, fromTime) - TIMEFRAME_MS[timeframe];
    return { from: begin, to: begin };
  });
}

/** Begins the work, ended before or not; a stop waits for all of it a moment only. */
function withoutWaiting(work: () => Promise<void>, onError: (error: unknown) => void) {
  const underWay = new Set<Promise<void>>();
  return {
    next(): void {
      const begun: Promise<void> = work()
        .catch(onError)
        .finally(() => underWay.delete(begun));
      underWay.add(begun);
    },
    async stop(): Promise<void> {
      const all = Promise.all(underWay);
      await Promise.race([all, delay(STOP_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

/** Open time of the minute that `at` lies in. */
export const minuteOf = (at: number): number => at - (at % TIMEFRAME_MS['1m']);
