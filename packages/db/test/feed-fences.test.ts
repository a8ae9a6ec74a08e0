import { once } from 'node:events';
import { type Bar, instrumentId } from '@ballast/domain';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { requireFeedFence, takeFeedFence, type Transaction } from '../src/queries/feed-fences.ts';
import { barsBetween, saveBars } from '../src/queries/market-data.ts';
import { bars } from '../src/tables/market-data.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
let database: TestDatabase;
let old: Database;
let next: Database;
let name = '';
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = { onError: () => {} };
  old = openDatabase(database.urls['market-data'], options);
  next = openDatabase(database.urls['market-data'], options);
  // Makes the month's partition, which no transaction here is about.
  await saveBars(old, [bar(0)]);
});

beforeEach(() => {
  count += 1;
  name = `lease-${count}`;
});

afterAll(async () => {
  await Promise.all([old.close(), next.close()]);
  await database.drop();
});

function bar(minute: number): Bar {
  const prices = { open: '1', high: '2', low: '1', close: '2', volume: '3' };
  const facts = { state: 'closed', source: 'bybit', builtFrom: 'trades' } as const;
  const openTime = minute * 60_000;
  const of = { instrument: BTC, timeframe: '1m', openTime } as const;
  return { ...of, ...prices, ...facts, tradeCount: 4, missing: 0 };
}

const take = (db: Database): Promise<number> => takeFeedFence(db, { name, owner: 'x', now: 1 });
const write = (tx: Transaction, minute: number) => tx.insert(bars).values({ ...bar(minute) });
const stored = (minute: number) => {
  const at = minute * 60_000;
  return barsBetween(old, BTC, '1m', { from: at, to: at });
};

/** Until somebody waits for a lock on the fence's row. */
async function somebodyWaits(): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await old.execute(
      sql`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'
        AND query ILIKE '%feed_fences%' AND datname = current_database()`,
    );
    expect(rows).toHaveLength(1);
  });
}

test('each lease has fences of its own, rising, none given twice', async () => {
  expect(await take(old)).toBe(1);
  const taken = await Promise.all(Array.from({ length: 8 }, () => take(next)));
  expect(taken.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  name = `${name}-other`;
  expect(await take(old)).toBe(1);
});

test('the highest fence writes; an older one, and one never given out, write nothing', async () => {
  const first = await take(old);
  const withFence = (fence: number, minute: number): Promise<void> =>
    old.transaction(async (tx) => {
      await requireFeedFence(tx, name, fence);
      await write(tx, minute);
    });
  await withFence(first, 100);
  expect(await stored(100)).toEqual([bar(100)]);
  const second = await take(next);
  await expect(withFence(first, 101)).rejects.toMatchObject({
    name: 'FencedError',
    code: 'FENCED',
  });
  await expect(withFence(second + 1, 101)).rejects.toMatchObject({ code: 'FENCED' });
  expect(await stored(101)).toEqual([]);
  await withFence(second, 101);
  expect(await stored(101)).toEqual([bar(101)]);
  name = 'never-taken';
  await expect(withFence(1, 102)).rejects.toMatchObject({ code: 'FENCED' });
});

test('who takes the fence waits for the writer that is in its transaction', async () => {
  const first = await take(old);
  const order: string[] = [];
  let taking: Promise<unknown> | undefined;
  await old.transaction(async (tx) => {
    await requireFeedFence(tx, name, first);
    taking = take(next).then((fence) => order.push(`taken ${fence}`));
    await somebodyWaits();
    await write(tx, 200);
    order.push('written');
  });
  await taking;
  expect(order).toEqual(['written', `taken ${first + 1}`]);
  expect(await stored(200)).toEqual([bar(200)]);
});

test('a writer waits for who is taking the fence, and then finds itself fenced', async () => {
  const first = await take(old);
  let writing: Promise<unknown> | undefined;
  await next.transaction(async (tx) => {
    await tx.execute(sql`UPDATE feed_fences SET fence = fence + 1 WHERE name = ${name}`);
    writing = old
      .transaction(async (writer) => {
        await requireFeedFence(writer, name, first);
        await write(writer, 300);
      })
      .catch((error: unknown) => error);
    await somebodyWaits();
  });
  expect(await writing).toMatchObject({ code: 'FENCED' });
  expect(await stored(300)).toEqual([]);
});

test('two writers of one fence do not wait for each other', async () => {
  const first = await take(old);
  await old.transaction(async (one) => {
    await requireFeedFence(one, name, first);
    await next.transaction(async (other) => {
      await requireFeedFence(other, name, first);
      await write(other, 400);
    });
    await write(one, 401);
  });
  expect([await stored(400), await stored(401)]).toEqual([[bar(400)], [bar(401)]]);
});

test('a writer that falls silent in its transaction does not keep the fence', async () => {
  const first = await take(old);
  const client = await old.pool.connect();
  const cutOff = once(client, 'error');
  const written = Promise.withResolvers<void>();
  const silent = drizzle(client)
    .transaction(async (tx) => {
      await requireFeedFence(tx, name, first);
      await write(tx, 500);
      written.resolve();
      await cutOff;
    })
    .catch((error: unknown) => error);
  await written.promise;
  expect(await take(next)).toBe(first + 1);
  expect((await cutOff)[0]).toMatchObject({ code: '25P03' });
  expect(await silent).toBeInstanceOf(Error);
  client.release(true);
  expect(await stored(500)).toEqual([]);
});
