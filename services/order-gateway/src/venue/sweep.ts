import { FOREIGN_ORDER } from '@ballast/db';
import { type OrderReport, tradeOfClientOrderId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { isLive, isNews } from '@ballast/order-core';
import type { Book } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import type { Store } from '../store/store.ts';
import type { BrokerCalls } from './audited-broker.ts';
import type { DriftCheck } from './drift.ts';
import { foreignOrderDetail } from './foreign.ts';
import { expectedOpen, type Inbox } from './inbox.ts';

/**
 * Executions are asked for again from this long before the last good sweep: venues list them late.
 */
const OVERLAP_MS = 10 * 60_000;

export type SweepParts = {
  readonly store: Pick<Store, 'bookedRevisions' | 'tradeOfOrder'>;
  readonly broker: BrokerCalls;
  readonly journal: Journal;
  readonly inbox: Inbox;
  readonly drift: DriftCheck;
  readonly log: Logger;
  readonly now: () => number;
  /** Epoch ms from which executions may be missing at the first sweep. */
  readonly firstSince: number;
};

/**
 * Start, reconnect and timer all run this one path: what the venue has done without our seeing it
 * becomes inputs, then the ledger is compared with the venue's positions. Executions come before
 * orders, so that an end never overtakes its fills.
 */
export function createSweep(parts: SweepParts): () => Promise<void> {
  const { broker, journal, inbox, now } = parts;
  const orphanCheck = createOrphanCheck(parts);
  let since = parts.firstSince;

  async function executions(): Promise<void> {
    const startedAt = now();
    await bookMissing(parts, since);
    since = Math.max(since, startedAt - OVERLAP_MS);
  }

  async function openOrders(): Promise<void> {
    const expected = expectedOpen(journal);
    const listed = await broker.openOrders();
    const seen = new Set(listed.map((report) => report.clientOrderId));
    const missing = expected.filter(({ clientOrderId }) => !seen.has(clientOrderId));
    await Promise.all(listed.map((report) => inbox.report(report)));
    await Promise.all(
      missing.map(({ tradeId, clientOrderId }) => {
        const input = { type: 'missing', at: now(), clientOrderId } as const;
        return journal.write({ type: 'input', tradeId, input });
      }),
    );
    await orphanCheck(listed);
    await forgetForeign(parts, listed);
  }

  return async () => {
    await executions();
    await openOrders();
    await parts.drift(executions);
  };
}

async function bookMissing(parts: SweepParts, since: number): Promise<void> {
  const { store, broker, inbox } = parts;
  const fills = await broker.executionsSince(since);
  const booked = await store.bookedRevisions(fills.map((fill) => fill.executionId));
  const missing = fills.filter((fill) => isNews(fill, booked.get(fill.executionId) ?? null));
  await Promise.all(missing.map((fill) => inbox.fill(fill, 'sweep')));
}

/**
 * An exit of an ended trade that still rests would fire on the next trade in its instrument, and an
 * order that has ended as far as its trade knows would fire beside the one in its place. Listings
 * lag, so only an order that two sweeps in a row have seen is cancelled.
 */
function createOrphanCheck(parts: SweepParts): (listed: readonly OrderReport[]) => Promise<void> {
  let suspects = new Set<string>();
  return async (listed) => {
    const { book } = parts.journal;
    const orphans = listed.filter(({ clientOrderId }) => isOrphan(clientOrderId, book));
    const confirmed = orphans.filter(({ venueOrderId }) => suspects.has(venueOrderId));
    suspects = new Set(orphans.map(({ venueOrderId }) => venueOrderId));
    for (const { clientOrderId, venueOrderId, instrument } of confirmed) {
      // An order that only looks like ours is somebody else's, and is left alone.
      if ((await parts.store.tradeOfOrder(clientOrderId)) === null) continue;
      parts.log.warn({ clientOrderId, instrument }, 'cancelling an open order that has ended here');
      try {
        await parts.broker.cancel({ clientOrderId, venueOrderId, instrument });
      } catch (error) {
        // The next sweep tries again; the comparison of positions must not wait for it.
        parts.log.error({ err: error, clientOrderId }, 'order that has ended here not cancelled');
      }
    }
  };
}

/** No trade reckons with it. One that its trade never made is somebody else's. */
function isOrphan(clientOrderId: string, { trades }: Pick<Book, 'trades'>): boolean {
  const tradeId = tradeOfClientOrderId(clientOrderId);
  if (tradeId === null) return false;
  const trade = trades.get(tradeId);
  if (trade === undefined) return true;
  const order = trade.orders[clientOrderId];
  return order !== undefined && !isLive(order);
}

/** A foreign order that is no longer open has nothing left to be watched. */
async function forgetForeign(parts: SweepParts, listed: readonly OrderReport[]): Promise<void> {
  const open = new Set(listed.map(({ venueOrderId }) => foreignOrderDetail(venueOrderId)));
  for (const { id, kind, detail } of parts.journal.book.incidents.values()) {
    if (kind !== FOREIGN_ORDER || open.has(detail)) continue;
    const resolution = 'no longer open at the venue';
    await parts.journal.write({ type: 'resolveIncident', id, resolution, at: parts.now() });
  }
}
