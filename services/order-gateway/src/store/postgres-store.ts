import {
  bookedExecutions,
  countCommit,
  bookedRevisions,
  brakeInForce,
  type Database,
  firstSnapshotSince,
  lastEvents,
  loadEntryFacts,
  loadInstruments,
  lockTradeStates,
  newestFillTime,
  openOutbox,
  storedCommandIds,
  type PoolClient,
  takeFence,
  tradeOfOrder,
  tradesOfExecutions,
  unansweredCalls,
} from '@ballast/db';
import type { TradeId } from '@ballast/domain';
import { tradeFromJson, unattributedFromJson } from '@ballast/order-core';
import { storeCommands } from './command-rows.ts';
import { loadBook } from './load-book.ts';
import type { Store, StoreTransaction } from './store.ts';
import { writeStage } from './write.ts';

export function postgresStore(db: Database, account: string): Store {
  return {
    async takeFence(holder, now, brakeId) {
      const client = await db.pool.connect();
      return takeFence(client, { account, holder, now, brakeId }).finally(() => client.release());
    },
    loadBook: () => loadBook(db, account),
    transaction: (run) => inTransaction(db, account, run),
    instruments: () => loadInstruments(db),
    brake: () => brakeInForce(db, account).catch(() => 'unreadable' as const),
    entryFacts: (question) => loadEntryFacts(db, account, question),
    openOutbox: () => openOutbox(db, account),
    unansweredCalls: (headSeq) => unansweredCalls(db, account, headSeq),
    newestFillTime: () => newestFillTime(db, account),
    firstSnapshotSince: (from) => firstSnapshotSince(db, account, from),
    bookedRevisions: (executionIds) => bookedRevisions(db, account, executionIds),
    tradeOfOrder: (clientOrderId) => tradeOfOrder(db, account, clientOrderId),
    lastEvents: (instrument) => lastEvents(db, account, instrument),
  };
}

async function inTransaction<T>(
  db: Database,
  account: string,
  run: (tx: StoreTransaction) => Promise<T>,
): Promise<T> {
  const client = await db.pool.connect();
  // A connection that breaks also says so by itself; its queries reject, which is enough.
  client.on('error', ignore);
  let broken = false;
  try {
    await client.query('BEGIN');
    const answer = await run(transactionOn(client, account));
    await client.query('COMMIT');
    return answer;
  } catch (error) {
    broken = true;
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    if (!broken) client.off('error', ignore);
    client.release(broken);
  }
}

function transactionOn(client: PoolClient, account: string): StoreTransaction {
  return {
    count: () => countCommit(client, account),
    knownCommands: (ids) => storedCommandIds(client, ids),
    storeCommands: (works) => storeCommands(client, works),
    async trades(ids) {
      const states = await lockTradeStates(client, account, ids);
      return new Map(
        [...states]
          .filter(([, state]) => unattributedFromJson(state) === null)
          .map(([id, state]) => [id as TradeId, tradeFromJson(state)]),
      );
    },
    async unattributed(ids) {
      const states = await lockTradeStates(client, account, ids);
      const records = [...states.values()].flatMap((state) => unattributedFromJson(state) ?? []);
      return new Map(records.map((record) => [record.id, record]));
    },
    async tradesOfExecutions(executionIds) {
      const found = await tradesOfExecutions(client, account, executionIds);
      return new Map([...found].map(([id, trade]) => [id, trade as TradeId]));
    },
    executions: (executionIds) => bookedExecutions(client, account, executionIds),
    write: (stage, auditRows, scope) => writeStage(client, stage, auditRows, { account, ...scope }),
  };
}

function ignore(): void {}
