import type { Database } from '@ballast/db';
import { type Bar, barOpenTime, type Instrument, type InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { rollStored, WIDE_TIMEFRAMES } from './roll-stored.ts';

const EVERY_MS = 5_000;
/** A wide bar is made when its last minute has had this long to be stored. */
const PATIENCE_MS = 12_000;

/**
 * Stores wide bars as they end, and those that end while the service is away when it is back.
 * @param begin from this moment on (epoch ms) wide bars are wanted
 */
export function startRollWatch(options: {
  db: Database;
  instruments: readonly Instrument[];
  begin: number;
  now: () => number;
  log: Logger;
}) {
  const { db, instruments, begin, now, log } = options;
  const counts = { barsRolled: 0, failedRolls: 0 };
  const rolledUntil = new Map(instruments.map(({ id }) => [id, begin]));
  /** Open times (epoch ms) of minutes that have changed since their wide bars were made. */
  const changed = new Map<InstrumentId, number[]>();
  let underWay: Promise<void> | undefined;

  async function roll(): Promise<void> {
    const until = now() - PATIENCE_MS;
    for (const instrument of instruments) {
      const { id, session } = instrument;
      const from = rolledUntil.get(id) ?? begin;
      const timeframes = WIDE_TIMEFRAMES.filter(
        (timeframe) =>
          barOpenTime(timeframe, session, from) < barOpenTime(timeframe, session, until),
      );
      try {
        for (const minute of changed.get(id) ?? []) {
          const stretch = { from: minute, to: minute, until: from, state: 'corrected' } as const;
          const again = { ...stretch, timeframes: WIDE_TIMEFRAMES };
          counts.barsRolled += await rollStored(db, instrument, again);
        }
        changed.delete(id);
        if (timeframes.length === 0) continue;
        const stretch = { from, to: until, until, timeframes, state: 'closed' } as const;
        counts.barsRolled += await rollStored(db, instrument, stretch);
        rolledUntil.set(id, until);
      } catch (error) {
        counts.failedRolls += 1;
        log.warn({ err: error, instrument: id }, 'wide bars were not stored');
        return;
      }
    }
  }

  const timer = setInterval(() => {
    underWay ??= roll().finally(() => {
      underWay = undefined;
    });
  }, EVERY_MS);
  return {
    counts,
    /** The stored bar of a minute has changed. */
    again({ instrument, openTime }: Pick<Bar, 'instrument' | 'openTime'>): void {
      changed.set(instrument, [...(changed.get(instrument) ?? []), openTime]);
    },
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
