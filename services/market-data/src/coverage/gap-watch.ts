import type { Database } from '@ballast/db';
import { type Instrument, TIMEFRAME_MS } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { lookAgain, lookForGaps } from './gap-look.ts';

const EVERY_MS = 15_000;
/** A minute's bar may come from the venue this long after its end before it counts as missing. */
const PATIENCE_MS = 30_000;
/** Open gaps of this stretch are looked at again each time; older ones when they are asked for. */
const AGAIN_WITHIN_MS = 6 * 3_600_000;

/**
 * Keeps the gaps of the 1-minute bars true while the service runs.
 * @param begin open time of the first minute that is wanted of an instrument not known yet
 */
export function startGapWatch(options: {
  db: Database;
  instruments: readonly Instrument[];
  begin: number;
  /** Called after each look, to bring what is missing. */
  fill: () => Promise<void>;
  now: () => number;
  log: Logger;
}): { counts: { missingBars: number; failedLooks: number }; stop(): Promise<void> } {
  const { db, instruments, begin, fill, now, log } = options;
  const counts = { missingBars: 0, failedLooks: 0 };
  let underWay: Promise<void> | undefined;

  async function look(): Promise<void> {
    const at = now();
    const until = at - PATIENCE_MS;
    const again = { timeframe: '1m' as const, from: at - AGAIN_WITHIN_MS, to: until };
    for (const instrument of instruments) {
      try {
        await lookAgain(db, instrument, { ...again, confirmed: false, now: at });
        const found = { timeframe: '1m' as const, from: begin, until, now: at };
        const missing = await lookForGaps(db, instrument, found);
        if (missing === 0) continue;
        counts.missingBars += missing;
        log.warn({ code: 'BARS_MISSING', instrument: instrument.id, missing }, 'bars are missing');
      } catch (error) {
        counts.failedLooks += 1;
        log.warn({ err: error, instrument: instrument.id }, 'gaps were not looked for');
        return;
      }
    }
    try {
      await fill();
    } catch (error) {
      counts.failedLooks += 1;
      log.warn({ err: error }, 'gaps were not filled');
    }
  }

  const timer = setInterval(() => {
    underWay ??= look().finally(() => {
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

/** Open time of the minute that `at` lies in. */
export const minuteOf = (at: number): number => at - (at % TIMEFRAME_MS['1m']);
