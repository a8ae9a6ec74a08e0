import { DAY_MS } from './sessions/civil-date.ts';

/** How long a strategy has been watched. Times epoch ms. */
export type Soak = {
  readonly neededDays: number;
  /** Since when its watchlist switch has been on without a break; null while it is off. */
  readonly watchedSince: number | null;
  /** Of the signals that were stored since then, with their number. */
  readonly firstSignalAt: number | null;
  readonly signals: number;
};

/**
 * Whole days until the soak is over, 0 when it is. It runs from the first signal that was stored
 * while the strategy was watched: days without one show nothing of the strategy.
 */
export function soakMissingDays({ neededDays, firstSignalAt }: Soak, now: number): number {
  if (firstSignalAt === null) return neededDays;
  const overAt = firstSignalAt + neededDays * DAY_MS;
  return Math.max(0, Math.ceil((overAt - now) / DAY_MS));
}

/** The soak in one sentence. */
export function soakText(soak: Soak, now: number): string {
  const { neededDays, watchedSince, firstSignalAt, signals } = soak;
  const missing = soakMissingDays(soak, now);
  if (missing === 0) return `soak of ${neededDays} days is over, ${signals} signals watched`;
  const lacking = `${missing} of ${neededDays} days of watched signals are missing`;
  if (watchedSince === null) return `${lacking}: its watchlist switch is off`;
  if (firstSignalAt === null) return `${lacking}: no signal since its watchlist switch is on`;
  return `${lacking}: ${signals} signals watched so far`;
}
