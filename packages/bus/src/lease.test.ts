import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createLogger } from '@ballast/observability';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Bus, openBus } from './connection.ts';
import type { LeaseEnd } from './contender.ts';
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
  await admin.run('FLUSHALL', (redis) => redis.flushall());
  await admin.run('FUNCTION FLUSH', (redis) => redis.function('FLUSH'));
});

afterEach(async () => {
  for (const end of onEnd.splice(0).toReversed()) await end();
});

afterAll(async () => {
  await admin.close();
  await server.stop();
});

type Contending = { bus: Bus; lease: Lease; said: (number | LeaseEnd)[] };

function contend(owner: string, options: { ttlMs?: number; renewEveryMs?: number } = {}) {
  const bus = openBus(server.url('market-data'), owner, log);
  const said: Contending['said'] = [];
  const lease = openLease(bus, {
    name: 'market-data',
    owner,
    ...options,
    nextFence: () => Promise.resolve((fences += 1)),
    onGained: (fence) => said.push(fence),
    onLost: (reason) => said.push(reason),
  });
  onEnd.push(() => bus.close());
  onEnd.push(() => lease.stop());
  return { bus, lease, said };
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
  expect(first.said).toEqual([fence, 'expired']);
});

test('a holder that was paused and wakes finds itself fenced, by its clock and by Redis', async () => {
  const holder = startHolder();
  const [gain]: unknown[] = await once(holder, 'message');
  expect(gain).toEqual({ gained: 1_000 });
  fences = 1_000;
  holder.kill('SIGSTOP');
  const second = contend('second', { ttlMs: 400 });
  await gained(second);
  const answered = once(holder, 'message');
  holder.send('act');
  holder.kill('SIGCONT');
  expect((await answered)[0]).toEqual({ fence: null, written: 'FENCED', ends: ['expired'] });
});

/** A process of its own: what it does first after a pause is to say its fence and to write. */
function startHolder() {
  const file = (name: string): string => new URL(name, import.meta.url).href;
  const script = `
    const { createLogger } = await import('@ballast/observability');
    const { openBus } = await import('${file('./connection.ts')}');
    const { openLease } = await import('${file('./lease.ts')}');
    const { callLease } = await import('${file('./lease-functions.ts')}');
    const bus = openBus(process.env.URL, 'holder', createLogger('holder', 'silent'));
    const ends = [];
    const lease = openLease(bus, {
      name: 'market-data', owner: 'holder', ttlMs: 400,
      nextFence: async () => 1_000,
      onGained: (gained) => process.send({ gained }),
      onLost: (reason) => ends.push(reason),
    });
    process.on('message', async () => {
      const fence = lease.fence();
      const keys = ['lease:market-data:fence', 'md:bybit', 'state:quotes'];
      const written = await callLease(bus, 'append', keys, [1_000, 10, 1, 'r:1', 'e'])
        .catch((error) => error.code);
      process.send({ fence, written, ends });
    });`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    env: { URL: server.url('market-data') },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onEnd.push(async () => {
    const exited = once(holder, 'exit');
    holder.kill('SIGKILL');
    await exited;
  });
  return holder;
}

test('a Redis that lost everything is given library and lease again, with a higher fence', async () => {
  const first = contend('first', { ttlMs: 400 });
  const second = contend('second', { ttlMs: 400 });
  const highest = (): number =>
    Math.max(0, ...[...first.said, ...second.said].filter((word) => typeof word === 'number'));
  await vi.waitFor(() => expect(highest()).toBeGreaterThan(0));
  const before = highest();
  await server.kill();
  await vi.waitFor(() => expect([...first.said, ...second.said]).toContain('expired'));
  await server.wipe();
  await server.start();
  await vi.waitFor(() => expect(highest()).toBeGreaterThan(before), { timeout: 8_000 });
  expect(await stored()).toMatch(new RegExp(`\\|${highest()}$`));
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
