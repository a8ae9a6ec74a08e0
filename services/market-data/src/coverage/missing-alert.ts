import { type Database, missingTotals } from '@ballast/db';
import {
  BARS_OVERDUE_MS,
  type Instrument,
  type MissingBars,
  overdueBars,
  TIMEFRAMES,
} from '@ballast/domain';
import type { Logger, Metrics } from '@ballast/observability';
import { takeTurns } from '../turns.ts';

const EVERY_MS = 15_000;

/** Made once a process, however often it becomes the active one. */
export function createMissingGauges(metrics: Pick<Metrics, 'gauge'>) {
  const minutes = BARS_OVERDUE_MS / 60_000;
  const overdueHelp = `Bars of gaps that are open for ${minutes} minutes`;
  return {
    missing: metrics.gauge('ballast_bars_missing', 'Bars of open gaps', ['timeframe']),
    overdue: metrics.gauge('ballast_bars_overdue', overdueHelp, ['timeframe']),
  };
}

/**
 * Says how many bars are missing, and alerts when some stay missing: as gauges by timeframe, as a
 * state for the dashboard and the command line, and in the log when it begins and ends.
 */
export function startMissingAlert(options: {
  db: Database;
  instruments: () => readonly Instrument[];
  gauges: ReturnType<typeof createMissingGauges>;
  /** Gaps that ended before this long ago are nobody's alarm. */
  reachMs: number;
  /** Puts the state where it is read. */
  tell: (said: MissingBars) => Promise<void>;
  now: () => number;
  log: Logger;
}): { readonly counts: { failedMissingLooks: number }; stop(): Promise<void> } {
  const { db, instruments, reachMs, tell, now, log } = options;
  const { missing, overdue } = options.gauges;
  const counts = { failedMissingLooks: 0 };
  let isAlerting = false;

  async function look(): Promise<void> {
    const at = now();
    const totals = await missingTotals(db, {
      instruments: instruments().map(({ id }) => id),
      foundUntil: at - BARS_OVERDUE_MS,
      from: at - reachMs,
    });
    for (const timeframe of TIMEFRAMES) {
      const found = totals.timeframes.find((one) => one.timeframe === timeframe);
      missing.set({ timeframe }, found?.missing ?? 0);
      overdue.set({ timeframe }, found?.overdue ?? 0);
    }
    const said = { at, ...totals, timeframes: [...totals.timeframes] };
    const bars = overdueBars(said);
    if (bars > 0 !== isAlerting) {
      isAlerting = bars > 0;
      const { since } = said;
      const about = { code: 'BARS_OVERDUE', bars, instruments: said.instruments, since };
      if (isAlerting) log.error(about, 'bars stay missing');
      else log.info({ code: 'BARS_OVERDUE' }, 'no bar stays missing any more');
    }
    await tell(said);
  }

  async function guarded(): Promise<void> {
    try {
      await look();
    } catch (error) {
      counts.failedMissingLooks += 1;
      log.warn({ err: error }, 'missing bars were not counted');
    }
  }

  const turns = takeTurns(guarded, EVERY_MS);
  void turns.now();
  return {
    counts,
    async stop() {
      await turns.stop();
      // The process that is active now has gauges of its own.
      missing.reset();
      overdue.reset();
    },
  };
}
