import { type Bus, putState } from '@ballast/bus';
import type { InstrumentId, Quote, VenueConditions } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { BrakeWatch } from '../brake/watch.ts';
import { liveTrades } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import type { AccountWatch } from './account-watch.ts';
import { portfolioView } from './portfolio.ts';

const EVERY_MS = 1_000;

/** Puts the account's view on the bus each second, for the dashboard to show. */
export function publishPortfolio(parts: {
  bus: Bus;
  account: string;
  watch: AccountWatch;
  journal: Journal;
  brake: Pick<BrakeWatch, 'progress'>;
  behind: () => string | null;
  /** Published with it: a preview judges by the same. */
  conditions: () => VenueConditions;
  quotes: ReadonlyMap<InstrumentId, Quote>;
  now: () => number;
  log: Logger;
}): { stop(): void } {
  const { bus, account, watch, journal, brake, behind, conditions, quotes, now, log } = parts;
  const timer = setInterval(() => {
    const view = portfolioView({
      account,
      asOf: now(),
      balance: watch.balance(),
      balanceAt: watch.balanceAt(),
      dayBase: watch.dayBase(),
      trades: liveTrades(journal.book),
      quotes,
    });
    const venue = conditions();
    const told = { ...view, behind: behind(), brake: brake.progress(), venue };
    putState(bus, 'portfolio', told).catch((error: unknown) => {
      log.warn({ err: error }, 'portfolio not published');
    });
  }, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
