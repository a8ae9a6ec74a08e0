import type { Price, Quantity } from '@ballast/domain';
import { and, asc, desc, eq, gte, isNull, not, sql } from 'drizzle-orm';
import type { ClientBase } from 'pg';
import { AUDIT_START } from '../audit-chain.ts';
import type { Database } from '../database.ts';
import { insertRows } from '../insert-rows.ts';
import { prepared } from '../prepared.ts';
import {
  audit,
  brakeStates,
  fills,
  incidents,
  orders,
  outbox,
  portfolioSnapshots,
  positions,
  trades,
} from '../tables/order-gateway.ts';
import { NOT_ENDED } from './not-ended.ts';
import { OF_A_PLAN } from './unattributed.ts';

/**
 * Takes the account's fence: from now on every other holder's transactions fail their check. A
 * first start also writes the brake's first row, released, since no row at all counts as engaged.
 */
export async function takeFence(
  client: ClientBase,
  input: { account: string; holder: string; now: number; brakeId: string },
): Promise<number> {
  const { account, holder, now, brakeId } = input;
  await client.query('BEGIN');
  try {
    const taken = await client.query<{ epoch: string }>(
      `INSERT INTO gateway_fences (account, epoch, holder, taken_at) VALUES ($1, 1, $2, $3)
       ON CONFLICT (account) DO UPDATE
         SET epoch = gateway_fences.epoch + 1, commits = 0, holder = excluded.holder,
             taken_at = excluded.taken_at
       RETURNING epoch`,
      [account, holder, now],
    );
    const epoch = Number(taken.rows[0]?.epoch);
    if (epoch === 1) await releaseFirst(client, { id: brakeId, account, at: now });
    await client.query('COMMIT');
    return epoch;
  } catch (error) {
    // A connection that is gone refuses this too, and would say less than what went wrong.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Only an account that never had a brake: a lost fence row must not lift one. */
async function releaseFirst(
  client: ClientBase,
  row: { id: string; account: string; at: number },
): Promise<void> {
  const known = await client.query('SELECT 1 FROM brake_states WHERE account = $1 LIMIT 1', [
    row.account,
  ]);
  if (known.rowCount !== 0) return;
  const first = { state: 'released', reason: 'first start of the account', actor: 'ballast' };
  await insertRows(client, brakeStates, [{ ...row, ...first, progress: [] }]);
}

/**
 * Counts this transaction on the fence row, which it locks until it ends: another taker waits.
 * `commits` is the number of this one within its epoch, `now` what the database's clock says.
 */
export async function countCommit(
  client: ClientBase,
  account: string,
): Promise<{ epoch: number; commits: number; now: number } | null> {
  const counted = await client.query<{ epoch: string; commits: string; now: string }>(
    prepared(
      `UPDATE gateway_fences SET commits = commits + 1 WHERE account = $1
       RETURNING epoch, commits, floor(extract(epoch from clock_timestamp()) * 1000) AS now`,
      [account],
    ),
  );
  const row = counted.rows[0];
  if (row === undefined) return null;
  return { epoch: Number(row.epoch), commits: Number(row.commits), now: Number(row.now) };
}

/** States of all trades of a plan that have not ended. */
export async function loadOpenTradeStates(db: Database, account: string): Promise<unknown[]> {
  const rows = await db
    .select({ state: trades.state })
    .from(trades)
    .where(and(eq(trades.account, account), OF_A_PLAN, NOT_ENDED))
    .orderBy(asc(trades.createdAt));
  return rows.map((row) => row.state);
}

/** States of the records of what Ballast did not do and that have not ended. */
export async function loadOpenUnattributed(db: Database, account: string): Promise<unknown[]> {
  const rows = await db
    .select({ state: trades.state })
    .from(trades)
    .where(and(eq(trades.account, account), not(OF_A_PLAN), NOT_ENDED))
    .orderBy(asc(trades.createdAt));
  return rows.map((row) => row.state);
}

/** Locks the rows of these trades and gives their states; another account's are not found. */
export async function lockTradeStates(
  client: ClientBase,
  account: string,
  ids: readonly string[],
): Promise<Map<string, unknown>> {
  const rows = await client.query<{ id: string; state: unknown }>(
    prepared(
      `SELECT id, state FROM trades WHERE id = ANY($1::uuid[]) AND account = $2
       ORDER BY id FOR UPDATE`,
      [ids, account],
    ),
  );
  return new Map(rows.rows.map((row) => [row.id, row.state]));
}

export async function loadPositions(db: Database, account: string) {
  return db.select().from(positions).where(eq(positions.account, account));
}

export async function loadOpenIncidents(db: Database, account: string) {
  return db
    .select()
    .from(incidents)
    .where(and(eq(incidents.account, account), isNull(incidents.resolvedAt)));
}

/** The end of the account's audit chain. */
export async function auditHead(
  db: Database,
  account: string,
): Promise<{ seq: number; hash: string }> {
  const rows = await db
    .select({ seq: audit.seq, hash: audit.hash })
    .from(audit)
    .where(eq(audit.account, account))
    .orderBy(desc(audit.seq))
    .limit(1);
  return rows[0] ?? { seq: 0, hash: AUDIT_START };
}

/** What is booked of an execution, in its newest revision. */
export type BookedRevision = {
  readonly revision: number;
  readonly price: Price;
  readonly quantity: Quantity;
  /** Given by hand to another trade than the one that had it first. */
  readonly byHand?: true;
};

/** The highest booked revision of these executions, by id; others are not in the answer. */
export async function bookedRevisions(
  db: Database,
  account: string,
  executionIds: readonly string[],
): Promise<Map<string, BookedRevision>> {
  if (executionIds.length === 0) return new Map();
  const { executionId: id, revision, price, quantity } = fills;
  // One parameter: a listing at a start can be longer than a statement may have of them.
  const isAsked = sql`${id} = ANY(${sql.param([...executionIds])}::text[])`;
  const isMoved = sql<boolean>`EXISTS (SELECT 1 FROM ${fills} AS earlier
    WHERE earlier.account = fills.account AND earlier.execution_id = fills.execution_id
      AND earlier.trade_id <> fills.trade_id)`;
  const rows = await db
    .selectDistinctOn([id], { id, revision, price, quantity, isMoved })
    .from(fills)
    .where(and(eq(fills.account, account), isAsked))
    .orderBy(id, desc(revision));
  return new Map(
    rows.map((row) => {
      const told = { price: row.price as Price, quantity: row.quantity as Quantity };
      const moved = row.isMoved ? ({ byHand: true } as const) : {};
      return [row.id, { revision: row.revision, ...told, ...moved }];
    }),
  );
}

/** The trades in which these executions are booked in the newest revision. */
export async function tradesOfExecutions(
  client: ClientBase,
  account: string,
  executionIds: readonly string[],
): Promise<Map<string, string>> {
  if (executionIds.length === 0) return new Map();
  const rows = await client.query<{ execution_id: string; trade_id: string }>(
    prepared(
      `SELECT execution_id, trade_id FROM fills
       WHERE account = $1 AND execution_id = ANY($2::text[])
       ORDER BY revision`,
      [account, executionIds],
    ),
  );
  return new Map(rows.rows.map((row) => [row.execution_id, row.trade_id]));
}

/** Outbox rows of earlier epochs that nobody has answered. */
export async function openOutbox(
  db: Database,
  account: string,
): Promise<{ id: string; tradeId: string }[]> {
  return db
    .select({ id: outbox.id, tradeId: outbox.tradeId })
    .from(outbox)
    .innerJoin(trades, eq(trades.id, outbox.tradeId))
    .where(and(isNull(outbox.doneAt), eq(trades.account, account)));
}

/**
 * Calls in flight at a crash are among the last rows of the chain; far more than can be under way
 * at once.
 */
const IN_FLIGHT_ROWS = 5_000;

/** Broker calls whose process ended before the answer was stored. */
export async function unansweredCalls(
  db: Database,
  account: string,
  headSeq: number,
): Promise<{ callId: string; tradeId: string | null }[]> {
  const from = headSeq - IN_FLIGHT_ROWS;
  const rows = await db.execute<{ call_id: string; trade_id: string | null }>(sql`
    SELECT asked.call_id, asked.trade_id FROM ${audit} AS asked
    WHERE asked.account = ${account} AND asked.seq > ${from} AND asked.kind = 'brokerRequest'
      AND NOT EXISTS (
        SELECT 1 FROM ${audit} AS answer
        WHERE answer.account = ${account} AND answer.seq > ${from}
          AND answer.kind = 'brokerResponse' AND answer.call_id = asked.call_id)`);
  return rows.rows.map((row) => ({ callId: row.call_id, tradeId: row.trade_id }));
}

/** Which of these commands were taken. */
export async function storedCommandIds(
  client: ClientBase,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await client.query<{ id: string }>(
    'SELECT id FROM commands WHERE id = ANY($1::uuid[])',
    [ids],
  );
  return new Set(rows.rows.map((row) => row.id));
}

/** The first snapshot at or after `from` (epoch ms): the base of the day's P&L. */
export async function firstSnapshotSince(db: Database, account: string, from: number) {
  const rows = await db
    .select()
    .from(portfolioSnapshots)
    .where(and(eq(portfolioSnapshots.account, account), gte(portfolioSnapshots.at, from)))
    .orderBy(asc(portfolioSnapshots.at))
    .limit(1);
  return rows[0] ?? null;
}

/** Newest execution time in the ledger (epoch ms), 0 for an empty one. */
export async function newestFillTime(db: Database, account: string): Promise<number> {
  const rows = await db
    .select({ at: fills.eventTime })
    .from(fills)
    .where(eq(fills.account, account))
    .orderBy(desc(fills.eventTime))
    .limit(1);
  return rows[0]?.at ?? 0;
}

/** The trade of an order that this account made, or null: then it is not ours. */
export async function tradeOfOrder(
  db: Database,
  account: string,
  clientOrderId: string,
): Promise<string | null> {
  const rows = await db
    .select({ tradeId: orders.tradeId })
    .from(orders)
    .innerJoin(trades, eq(trades.id, orders.tradeId))
    .where(and(eq(orders.clientOrderId, clientOrderId), eq(trades.account, account)))
    .limit(1);
  return rows[0]?.tradeId ?? null;
}
