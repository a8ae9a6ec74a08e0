import { type Database, unsentPages } from '@ballast/db';
import type { Logger } from '@ballast/observability';
import type { Clock } from '../clock.ts';
import type { Journal } from '../journal/journal.ts';
import { pageFailing } from './page-failing.ts';
import { type Pager, startPager } from './pager.ts';
import { webhook } from './webhook.ts';

/** The pager of this account; without a receiver the operator is told so, and only so. */
export function openPager(parts: {
  url: string | undefined;
  account: string;
  mode: string;
  db: Database;
  journal: Journal;
  clock: Clock;
  log: Logger;
}): Pager {
  const { url, account, mode, db, journal, clock, log } = parts;
  if (url === undefined) {
    log.warn(
      'BALLAST_PAGE_URL is not set: incidents and outages are on the dashboard and in this log only',
    );
    return { stop: async () => undefined };
  }
  const unsent = (from: number) => unsentPages(db, account, from);
  const send = webhook(url, { account, mode });
  const incidents = startPager({ journal, unsent, send, clock, log });
  const outages = pageFailing({ failing: () => journal.failing, send, clock, log });
  return {
    async stop() {
      await outages.stop();
      await incidents.stop();
    },
  };
}
