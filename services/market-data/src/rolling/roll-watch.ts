import type { Database } from '@ballast/db';
import { barOpenTime, type Instrument } from '@ballast/domain';
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
}): { counts: { barsRolled: number; failedRolls: number }; stop(): Promise<void> } {
  const { db, instruments, begin, now, log } = options;
  const counts = { barsRolled: 0, failedRolls: 0 };
  const rolledUntil = new Map(instruments.map(({ id }) => [id, begin]));
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
      if (timeframes.length === 0) continue;
      try {
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
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
