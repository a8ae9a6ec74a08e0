import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, BusError, type Lease, openBus } from '@ballast/bus';
import { type Database, FEED_LEASE, feedFences, openDatabase, takeFeedFence } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { Hub } from '../src/hub/hub.ts';
import { TakerVolume } from '../src/microstructure/taker-volume.ts';
import { contend } from '../src/tenure/leadership.ts';
import { Tenure } from '../src/tenure/tenure.ts';

const WAIT = { timeout: 15_000 };
const log = createLogger('market-data-test', 'silent');
const onEnd: (() => Promise<void>)[] = [];
let redis: TestRedis;
let database: TestDatabase;
let bus: Bus;
let db: Database;

beforeAll(async () => {
  [redis, database] = await Promise.all([createTestRedis(), createTestDatabase()]);
  bus = openBus(redis.urls['market-data'], 'test', log);
  db = openDatabase(database.urls['market-data']);
});
afterAll(async () => {
  for (const end of onEnd.toReversed()) await end();
  await db.close();
  await bus.close();
  await Promise.all([redis.stop(), database.drop()]);
});

function tenureOf(fence: number): Tenure {
  const hub = new Hub([], { log, now: Date.now, taker: new TakerVolume() });
  onEnd.push(() => hub.stop());
  const held = { isHeld: () => true, onFenced: () => undefined };
  const databaseUrl = database.urls['market-data'];
  const times = { lastActiveAt: Date.now(), now: Date.now };
  return new Tenure({ bus, hub, fence, databaseUrl, log, ...held, ...times });
}

/** A process that contends; `begun` are the fences of its tenures. */
function contender(owner: string, begin: (tenure: Tenure) => unknown) {
  const begun: number[] = [];
  const seen: number[] = [];
  let held: Lease | null = null;
  const leadership = contend({
    ...{
      redisUrl: redis.urls['market-data'],
      db,
      owner,
      now: Date.now,
      log,
      fail: (error) => expect.unreachable(error.message),
      onSeen: (activeAt) => seen.push(activeAt),
    },
    make(fence, lease) {
      held = lease;
      return tenureOf(fence);
    },
    async begin(tenure) {
      begun.push(tenure.fence);
      await begin(tenure);
      await tenure.open();
    },
  });
  return { begun, seen, leadership, resign: (fence: number) => held?.resign(fence) };
}

test('who cannot begin while a connection to Redis is not back yet contends again', async () => {
  let isBack = false;
  const only = contender('only', () => {
    if (isBack) return;
    isBack = true;
    throw new BusError('BUS_UNAVAILABLE', 'no connection to Redis');
  });
  await vi.waitFor(() => expect(only.begun).toHaveLength(2), WAIT);
  await vi.waitFor(() => expect(only.leadership.hasBegun()).toBe(true), WAIT);
  expect(only.seen, 'nothing was let out: what is held is still wanted').toEqual([]);
  await only.leadership.stop();
  expect(only.seen).toHaveLength(1);
});

test('a lease of its own that it could not free is not of another that acts', async () => {
  const admin = new Redis(redis.administratorUrl);
  onEnd.push(async () => admin.disconnect());
  let wasCut = false;
  const only = contender('only', async () => {
    if (wasCut) return;
    wasCut = true;
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    throw new BusError('BUS_OUTCOME_UNKNOWN', 'Connection is closed.');
  });
  await vi.waitFor(() => expect(only.leadership.hasBegun()).toBe(true), WAIT);
  expect(only.begun).toHaveLength(2);
  expect(only.seen, 'nobody let anything out: what is held is still wanted').toEqual([]);
  await only.leadership.stop();
});

test('who cannot end its last tenure leaves the lease to another', async () => {
  const { promise: never, resolve } = Promise.withResolvers<void>();
  const first = contender('first', (tenure) => tenure.add(() => never));
  await vi.waitFor(() => expect(first.begun).toHaveLength(1), WAIT);
  const gained = vi.spyOn(log, 'info');
  first.resign(first.begun[0] ?? 0);
  await vi.waitFor(() => expect(gained).toHaveBeenCalledWith(expect.anything(), 'lease gained'));
  const others = contender('second', () => undefined);
  await vi.waitFor(() => expect(others.begun).toHaveLength(1), WAIT);
  expect(first.begun).toHaveLength(1);
  resolve();
  await first.leadership.stop();
  await others.leadership.stop();
});

test('who stops frees the lease, though a part of its tenure does not end', async () => {
  const { promise: never, resolve } = Promise.withResolvers<void>();
  const first = contender('first', (tenure) => tenure.add(() => never));
  await vi.waitFor(() => expect(first.begun).toHaveLength(1), WAIT);
  await vi.waitFor(() => expect(first.leadership.hasBegun()).toBe(true), WAIT);
  const stopped = first.leadership.stop();
  expect(first.seen, 'until now').toHaveLength(1);
  const others = contender('second', () => undefined);
  await vi.waitFor(() => expect(others.begun).toHaveLength(1), WAIT);
  expect(others.seen.length, 'while the first had the lease').toBeGreaterThan(5);
  resolve();
  await stopped;
  await others.leadership.stop();
});

test('who stood still, and whom nobody followed, goes on in the tenure that it had', async () => {
  const only = contender('only', () => undefined);
  await vi.waitFor(() => expect(only.begun).toHaveLength(1), WAIT);
  const tenure = only.leadership.tenure();
  const lapsed = vi.spyOn(log, 'info');
  const until = performance.now() + 2_500;
  while (performance.now() < until);
  expect(only.leadership.fence()).toBeNull();
  await vi.waitFor(() => expect(only.leadership.fence()).toBe(only.begun[0]), WAIT);
  const said = lapsed.mock.calls.map(([, text]) => text).slice(-2);
  expect(said).toEqual(['lease has lapsed', 'lease goes on']);
  expect(only.leadership.tenure()).toBe(tenure);
  expect(tenure?.isOver).toBe(false);

  // A fence is given out, and nobody has the lease with it: the tables take nothing any more.
  await takeFeedFence(db, { owner: 'nobody', now: 1 });
  await vi.waitFor(() => expect(only.begun).toHaveLength(2), WAIT);
  expect(tenure?.isOver).toBe(true);
  await only.leadership.stop();
});

test('a takeover succeeds while Postgres takes longer than a period', async () => {
  const slow = openDatabase(database.ownerUrl, { max: 1 });
  const released = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = slow.transaction(async (held) => {
    await held.select().from(feedFences).for('update');
    locked.resolve();
    await released.promise;
  });
  await locked.promise;
  const late = contender('late', () => undefined);
  await vi.waitFor(async () => {
    const lease = await bus.run('GET', (connection) => connection.get(`lease:${FEED_LEASE}`));
    expect(lease).toMatch(/^late.*\|0$/);
  }, WAIT);
  const other = contender('other', () => undefined);
  await delay(2_500);
  expect([late.begun, other.begun]).toEqual([[], []]);
  expect([other.seen, other.leadership.isStandby()], 'nobody lets anything out').toEqual([
    [],
    true,
  ]);
  released.resolve();
  await holding;
  await vi.waitFor(() => expect(late.begun).toHaveLength(1), WAIT);
  await vi.waitFor(() => expect(other.seen).not.toEqual([]), WAIT);
  await other.leadership.stop();
  // With the fence that it had asked for all the time.
  const rows = await db.select().from(feedFences);
  expect(rows.map(({ fence }) => fence)).toEqual(late.begun);
  await late.leadership.stop();
  await slow.close();
});

test('what is added to a tenure that is over ends at once', async () => {
  const tenure = tenureOf(1);
  await tenure.end();
  const close = vi.fn(() => Promise.resolve());
  expect(() => tenure.add(close)).toThrow(/is over/);
  expect(close).toHaveBeenCalledOnce();
});
