import { once } from 'node:events';
import { type Bar, instrumentId } from '@ballast/domain';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { TABLE_OWNERS } from '../src/owners.ts';
import { storeHistory } from '../src/queries/bar-copy.ts';
import { isFenced, takeFeedFence } from '../src/queries/feed-fences.ts';
import { barsBetween, saveBars } from '../src/queries/market-data.ts';
import { bars } from '../src/tables/market-data.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const opened: Database[] = [];
let database: TestDatabase;
let free: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  free = open();
  // Makes the month's partition, which no transaction here is about.
  await saveBars(free, [bar(0)]);
});

afterEach(async () => {
  await Promise.all(opened.splice(1).map((db) => db.close()));
});

afterAll(async () => {
  await free.close();
  await database.drop();
});

function open(feedFence?: number): Database {
  const fence = feedFence === undefined ? {} : { feedFence };
  const db = openDatabase(database.urls['market-data'], { onError: () => {}, ...fence });
  opened.push(db);
  return db;
}

function bar(minute: number): Bar {
  const prices = { open: '1', high: '2', low: '1', close: '2', volume: '3' };
  const facts = { state: 'closed', source: 'bybit', builtFrom: 'trades' } as const;
  const openTime = minute * 60_000;
  const of = { instrument: BTC, timeframe: '1m', openTime } as const;
  return { ...of, ...prices, ...facts, tradeCount: 4, missing: 0 };
}

const take = (): Promise<number> => takeFeedFence(free, { owner: 'x', now: 1 });
const stored = (minute: number) => {
  const at = minute * 60_000;
  return barsBetween(free, BTC, '1m', { from: at, to: at });
};
const refusal = (writing: Promise<unknown>): Promise<boolean> =>
  writing.then(() => false, isFenced);

/** Until somebody waits for a lock on the fence's row. */
async function somebodyWaits(): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await free.execute(
      sql`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'
        AND datname = current_database()`,
    );
    expect(rows).toHaveLength(1);
  });
}

test('until a fence is given out anybody with the role writes', async () => {
  await saveBars(free, [bar(1)]);
  expect(await stored(1)).toEqual([bar(1)]);
});

test('fences rise and none is given twice', async () => {
  const first = await take();
  const taken = await Promise.all(Array.from({ length: 8 }, take));
  expect(taken.toSorted((a, b) => a - b)).toEqual(
    taken.map((_, index) => first + 1 + index).toSorted((a, b) => a - b),
  );
});

test('the highest fence writes; an older one, none, and one never given out do not', async () => {
  const first = await take();
  const old = open(first);
  await saveBars(old, [bar(100)]);
  expect(await stored(100)).toEqual([bar(100)]);
  const second = await take();
  expect(await refusal(saveBars(old, [bar(101)]))).toBe(true);
  expect(await refusal(storeHistory(old, [bar(101)]))).toBe(true);
  expect(await refusal(saveBars(free, [bar(101)]))).toBe(true);
  expect(await refusal(saveBars(open(second + 1), [bar(101)]))).toBe(true);
  expect(await stored(101)).toEqual([]);
  const now = open(second);
  await storeHistory(now, [bar(101)]);
  expect(await stored(101)).toEqual([bar(101)]);
});

test('every table of market-data is fenced, but the one that holds the fences', async () => {
  const { rows } = await free.execute<{ name: string }>(
    sql`SELECT DISTINCT event_object_table AS name FROM information_schema.triggers
      WHERE action_statement LIKE '%require_feed_fence%' AND event_object_table NOT LIKE 'bars\\_%'
      UNION SELECT tgrelid::regclass::text FROM pg_trigger
      JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = 'require_feed_fence'`,
  );
  const owned = Object.entries(TABLE_OWNERS).filter(([, owner]) => owner === 'market-data');
  const expected = owned.map(([table]) => table).filter((table) => table !== 'feed_fences');
  expect(rows.map(({ name }) => name).toSorted()).toEqual(expected.toSorted());
});

test('who takes the fence waits for the writer that is in its transaction', async () => {
  const first = await take();
  const order: string[] = [];
  let taking: Promise<unknown> | undefined;
  await open(first).transaction(async (tx) => {
    await tx.insert(bars).values({ ...bar(200) });
    taking = take().then((fence) => order.push(`taken ${fence}`));
    await somebodyWaits();
    order.push('written');
  });
  await taking;
  expect(order).toEqual(['written', `taken ${first + 1}`]);
  expect(await stored(200)).toEqual([bar(200)]);
});

test('a writer waits for who is taking the fence, and then finds itself fenced', async () => {
  const first = await take();
  const old = open(first);
  let writing: Promise<boolean> | undefined;
  await free.transaction(async (tx) => {
    await tx.execute(sql`UPDATE feed_fences SET fence = fence + 1`);
    writing = refusal(saveBars(old, [bar(300)]));
    await somebodyWaits();
  });
  expect(await writing).toBe(true);
  expect(await stored(300)).toEqual([]);
});

test('two writers of one fence do not wait for each other', async () => {
  const db = open(await take());
  await db.transaction(async (one) => {
    await one.insert(bars).values({ ...bar(400) });
    await db.transaction(async (other) => {
      await other.insert(bars).values({ ...bar(401) });
    });
  });
  expect([await stored(400), await stored(401)]).toEqual([[bar(400)], [bar(401)]]);
});

test('a writer that falls silent in its transaction does not keep the fence', async () => {
  const first = await take();
  const client = await open(first).pool.connect();
  const cutOff = once(client, 'error');
  const written = Promise.withResolvers<void>();
  const silent = drizzle(client)
    .transaction(async (tx) => {
      await tx.insert(bars).values({ ...bar(500) });
      written.resolve();
      await cutOff;
    })
    .catch((error: unknown) => error);
  await written.promise;
  expect(await take()).toBe(first + 1);
  expect((await cutOff)[0]).toMatchObject({ code: '25P03' });
  expect(await silent).toBeInstanceOf(Error);
  client.release(true);
  expect(await stored(500)).toEqual([]);
});
