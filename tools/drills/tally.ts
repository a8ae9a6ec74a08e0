import { commands, fills, trades } from '@ballast/db';
import { eq, isNull } from 'drizzle-orm';
import { ACCOUNT } from '../launcher/services.ts';
import { proveAudit } from '../proof/audit-proof.ts';
import { ProofError, without } from '../proof/confirm.ts';
import { proveLedger } from '../proof/ledger-proof.ts';
import type { Trading } from './trading.ts';
import { until } from './until.ts';

/** What ledger and venue have, side by side, when all is over. */
export type Tally = {
  readonly orders: number;
  readonly fills: number;
  /** Second orders under one client order id, and fills in the ledger that the venue has not. */
  readonly duplicates: number;
  /** Executions that no ledger has, stored plans without a trade, trades that never ended. */
  readonly lost: number;
  /** What else does not hold: not flat, orders left, the audit chain; empty when all does. */
  readonly faults: readonly string[];
};

/** Waits until nothing is under way, then counts. */
export async function tally(trading: Trading): Promise<Tally> {
  const { db, venue, broker } = trading;
  await trading.gatewayReady();
  await until('ledger and venue are flat', async () => {
    const open = await db.select().from(trades).where(isNull(trades.endedAt));
    const [held, left] = [await broker.positions(), await broker.openOrders()];
    return open.length + left.length === 0 && held.every(({ quantity }) => quantity === 0n);
  }).catch(ignoreLate);
  const [account, booked, asked, stored] = await Promise.all([
    venue.account(),
    db.select().from(fills),
    db.select().from(commands).where(eq(commands.type, 'openTrade')),
    db.select().from(trades),
  ]);
  const executed = account.executions.map(({ execId }) => execId);
  const inLedger = booked.map(({ executionId }) => executionId);
  const linked = account.orders.map(({ orderLinkId }) => orderLinkId);
  const planned = asked.map(({ tradeId }) => tradeId ?? '');
  const ids = stored.map(({ id }) => id);
  const unended = stored.filter(({ endedAt }) => endedAt === null);
  return {
    orders: account.orders.length,
    fills: executed.length,
    duplicates: linked.length - new Set(linked).size + without(inLedger, executed).length,
    lost: without(executed, inLedger).length + without(planned, ids).length + unended.length,
    faults: await faultsOf(trading),
  };
}

async function faultsOf({ db, broker }: Trading): Promise<string[]> {
  const proofs = [proveLedger(db, broker, Date.now()), proveAudit(db, ACCOUNT)];
  const settled = await Promise.allSettled<unknown>(proofs);
  return settled.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
}

/** What has not come in time shows in the count. */
function ignoreLate(error: unknown): void {
  if (!(error instanceof ProofError)) throw error;
}
