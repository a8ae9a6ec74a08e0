import { audit, type Database, openDatabase } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { SYSTEM_CLOCK } from '../src/clock.ts';
import { openJournal } from '../src/journal/open-journal.ts';
import { postgresStore } from '../src/store/postgres-store.ts';
import { ACCOUNT, newId, REDUCE_ONLY } from './gateway.fixture.ts';

// A process that is paused in the middle of a transaction holds the row of its account's fence.

const SILENT_MS = 200;
const opened: Database[] = [];
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((db) => db.close()));
  await database.drop();
});

function open(options: { silentWriterMs?: number } = {}): Database {
  const db = openDatabase(database.urls['order-gateway'], { ...options, onError: () => undefined });
  opened.push(db);
  return db;
}

test('it does not keep the next gateway out', async () => {
  const stalled = postgresStore(open({ silentWriterMs: SILENT_MS }), ACCOUNT);
  await stalled.takeFence('first', Date.now(), newId());
  const [counted, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const standing = stalled.transaction(async (tx) => {
    await tx.count();
    counted.resolve();
    await resumed.promise;
    return tx.count();
  });
  await counted.promise;
  const next = postgresStore(open(), ACCOUNT);
  expect(await next.takeFence('next', Date.now(), newId())).toBe(2);
  resumed.resolve();
  await expect(standing).rejects.toThrow(/terminat|not queryable/);
});

test('whoever says nothing else waits less than the next one can', async () => {
  const { rows } = await open().pool.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings
     WHERE name IN ('idle_in_transaction_session_timeout', 'statement_timeout') ORDER BY name`,
  );
  const [silence, patience] = rows.map(({ setting }) => Number(setting));
  expect(silence).toBeGreaterThan(0);
  expect(silence).toBeLessThan(patience ?? 0);
});

test.each([
  ['and hears of its end at once', endOfTransactions],
  ['and asks before it has heard of its end', () => Promise.resolve(standStill())],
])('it goes on when nobody has followed it %s', async (_when, standing) => {
  const db = open({ silentWriterMs: SILENT_MS });
  const store = postgresStore(db, ACCOUNT);
  // Only what stands still is to be ended, however slow the machine is.
  const { takeFence } = postgresStore(open(), ACCOUNT);
  const [fatal, log] = [[] as Error[], createLogger('test', 'silent')];
  const retries = vi.spyOn(log, 'error');
  let stands = true;
  const journal = await openJournal({
    ...{ account: ACCOUNT, capabilities: REDUCE_ONLY, quotes: new Map(), clock: SYSTEM_CLOCK },
    ...{ newId, behind: () => null, balance: () => null, balanceAt: () => 0 },
    ...{ perform: () => undefined, log },
    fatal: (error) => fatal.push(error),
    store: {
      ...store,
      takeFence,
      transaction: (run) =>
        store.transaction(async (tx) => {
          if (!stands) return run(tx);
          stands = false;
          await tx.count();
          await standing();
          return run(tx);
        }),
    },
  });
  const row = { at: Date.now(), kind: 'note', callId: null, tradeId: null, data: {} };
  await journal.write({ type: 'audit', row });
  expect((await db.select().from(audit)).map(({ kind }) => kind)).toEqual(['note']);
  expect(retries).toHaveBeenCalled();
  expect(fatal).toEqual([]);
  await journal.close();
});

/** The whole process: nothing is heard meanwhile, and what is asked next leaves first. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 * SILENT_MS);
}

async function endOfTransactions(): Promise<void> {
  await vi.waitFor(async () => expect(await sessionsInTransaction()).toBe(0));
}

/** Of gateways that hold a transaction open and say nothing. */
async function sessionsInTransaction(): Promise<number> {
  const { rows } = await queryOnce(
    database.ownerUrl,
    `SELECT 1 FROM pg_stat_activity WHERE usename = 'ballast_order_gateway'
       AND datname = current_database() AND state = 'idle in transaction'`,
  );
  return rows.length;
}
