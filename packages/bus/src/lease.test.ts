import { createLogger } from '@ballast/observability';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Bus, openBus } from './connection.ts';
import type { LeaseEnd } from './contender-ports.ts';
import { type Lease, openLease } from './lease.ts';
import { startTestRedis, type TestRedis } from './redis.fixture.ts';

const log = createLogger('bus-test', 'silent');
const TTL_MS = 1_000;
let server: TestRedis;
let admin: Bus;
let fences = 0;
const onEnd: (() => Promise<unknown> | void)[] = [];

beforeAll(async () => {
  server = await startTestRedis();
  admin = openBus(server.url('admin'), 'admin', log);
});

beforeEach(async () => {
  // The connection may still be coming back from a test that ended the server.
  await vi.waitFor(() => admin.run('FLUSHALL', (redis) => redis.flushall()), 5_000);
  await admin.run('FUNCTION FLUSH', (redis) => redis.function('FLUSH'));
});

afterEach(async () => {
  for (const end of onEnd.splice(0).toReversed()) await end();
});

afterAll(async () => {
  await admin.close();
  await server.stop();
});

type Contending = { bus: Bus; lease: Lease; said: (number | LeaseEnd)[]; others: boolean[] };

type Options = {
  ttlMs?: number;
  renewEveryMs?: number;
  threadUrl?: string;
  nextFence?: () => Promise<number>;
};

function contend(owner: string, options: Options = {}) {
  const bus = openBus(server.url('market-data'), owner, log);
  const said: Contending['said'] = [];
  const others: Contending['others'] = [];
  const lease = openLease(bus, {
    name: 'market-data',
    owner,
    nextFence: () => Promise.resolve((fences += 1)),
    isNewest: (fence) => Promise.resolve(fence === fences),
    ...options,
    onGained: (fence) => said.push(fence),
    onLost: (reason) => said.push(reason),
    onHeldElsewhere: (acts) => others.push(acts),
  });
  onEnd.push(() => bus.close());
  onEnd.push(() => lease.stop());
  return { bus, lease, said, others };
}

const stored = (): Promise<string | null> =>
  admin.run('GET', (redis) => redis.get('lease:market-data'));

async function gained({ said }: Contending): Promise<number> {
  const newest = (): number | undefined => said.findLast((word) => typeof word === 'number');
  await vi.waitFor(() => expect(newest()).toBeDefined(), { timeout: 8_000, interval: 5 });
  return Number(newest());
}

test('one of two holds it; it is taken over within two periods of its end without a word', async () => {
  const first = contend('first');
  const fence = await gained(first);
  expect(await stored()).toMatch(new RegExp(`^first/.*\\|${fence}$`));
  const second = contend('second');
  // Long enough for the second to have asked, and for renewals to have been needed.
  await vi.waitFor(
    async () => {
      const asked = await admin.run('CALLS', (redis) => redis.info('commandstats'));
      expect(Number(/cmdstat_pttl:calls=(\d+)/.exec(asked)?.[1])).toBeGreaterThan(5);
    },
    { timeout: 8_000 },
  );
  expect([first.lease.fence(), second.lease.fence()]).toEqual([fence, null]);
  expect([first.said, second.said]).toEqual([[fence], []]);

  const endedAt = performance.now();
  await first.bus.close();
  const next = await gained(second);
  expect(performance.now() - endedAt).toBeLessThan(2 * TTL_MS);
  expect(next).toBeGreaterThan(fence);
  await vi.waitFor(() => expect(first.lease.fence()).toBeNull());
  expect(first.said).toEqual([fence]);
});

test('a Redis that lost everything is given library and lease again, by one of both', async () => {
  const both = [contend('first', { ttlMs: 400 }), contend('second', { ttlMs: 400 })];
  const held = (): number[] => both.flatMap(({ lease }) => lease.fence() ?? []);
  await vi.waitFor(() => expect(held()).toHaveLength(1));
  const [before] = held();
  await server.kill();
  await vi.waitFor(() => expect(held()).toEqual([]));
  await server.wipe();
  await server.start();
  await vi.waitFor(() => expect(held()).toHaveLength(1), { timeout: 8_000 });
  const [after] = held();
  expect(after).toBeGreaterThanOrEqual(before ?? 0);
  const holds = new RegExp(`\\|${after}$`);
  await vi.waitFor(async () => expect(await stored()).toMatch(holds), 5_000);
});

test('a fence that comes after its period is confirmed, kept or free meanwhile', async () => {
  for (const isFree of [false, true]) {
    const asked = Promise.withResolvers<void>();
    const given = Promise.withResolvers<number>();
    let asks = 0;
    const nextFence = (): Promise<number> => {
      asks += 1;
      asked.resolve();
      return given.promise;
    };
    const first = contend('first', { ttlMs: 200, nextFence });
    await asked.promise;
    const other = contend('other', { ttlMs: 200 });
    await vi.waitFor(() => expect(other.others.length).toBeGreaterThan(2));
    expect(new Set(other.others), 'nobody acts').toEqual(new Set([false]));
    if (isFree) await other.lease.stop();
    const left = (): Promise<number> =>
      admin.run('PTTL', (redis) => redis.pttl('lease:market-data'));
    const lefts: number[] = [];
    await vi.waitFor(async () => {
      lefts.push(await left());
      // It has grown: it was renewed.
      expect(lefts.findIndex((ms, at) => at > 0 && ms > (lefts[at - 1] ?? 0))).toBeGreaterThan(0);
    });
    if (isFree) await admin.run('DEL', (redis) => redis.del('lease:market-data'));
    expect(first.said).toEqual([]);
    given.resolve((fences += 1));
    expect(await gained(first)).toBe(fences);
    expect(asks).toBe(1);
    if (!isFree) await vi.waitFor(() => expect(other.others.at(-1)).toBe(true));
    await other.lease.stop();
    await first.lease.stop();
  }
});

test('who stood still goes on under its fence when nobody else has had the lease', async () => {
  const first = contend('first', { ttlMs: 200 });
  const fence = await gained(first);
  const until = performance.now() + 500;
  while (performance.now() < until);
  expect(await stored()).toBeNull();
  expect(first.lease.fence()).toBeNull();
  await vi.waitFor(() => expect(first.lease.fence()).toBe(fence));
  expect(await stored()).toMatch(new RegExp(`^first/.*\\|${fence}$`));
  expect(first.said).toEqual([fence]);
});

test('a library that is gone is loaded again within the call, and the lease goes on', async () => {
  const first = contend('first', { renewEveryMs: 20 });
  const fence = await gained(first);
  await admin.run('FUNCTION FLUSH', (redis) => redis.function('FLUSH'));
  const value = await stored();
  await admin.run('SET', (redis) => redis.set('lease:market-data', value ?? '', 'PX', 200));
  await vi.waitFor(async () => {
    const left = await admin.run('PTTL', (redis) => redis.pttl('lease:market-data'));
    expect(left).toBeGreaterThan(500);
  });
  expect(first.said).toEqual([fence]);
});

test('stopping frees it at once, long before its period ends', async () => {
  const first = contend('first', { ttlMs: 60_000 });
  await gained(first);
  const second = contend('second', { ttlMs: 60_000, renewEveryMs: 20 });
  await first.lease.stop();
  expect(first.said.at(-1)).toBe('stopped');
  await gained(second);
  await second.lease.stop();
  expect(await stored()).toBeNull();
});

test('resigning hands it over; what another holds is neither renewed nor freed', async () => {
  const first = contend('first', { renewEveryMs: 20 });
  const fence = await gained(first);
  const other = 'other/1|99';
  await admin.run('SET', (redis) => redis.set('lease:market-data', other, 'PX', 60_000));
  await vi.waitFor(() => expect(first.said).toEqual([fence, 'taken']));
  first.lease.resign(fence);
  await first.lease.stop();
  expect(await stored()).toBe(other);
});

test('a fence that is not above all that Redis has seen is not confirmed', async () => {
  const highest = fences + 3;
  await admin.run('SET', (redis) => redis.set('lease:market-data:fence', highest));
  const first = contend('first', { renewEveryMs: 20 });
  const fence = await gained(first);
  expect(fence).toBe(highest + 1);
  expect(await admin.run('GET', (redis) => redis.get('lease:market-data:fence'))).toBe(`${fence}`);
  expect(first.said).toEqual([fence]);
});
