import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createLogger } from '@ballast/observability';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Bus, openBus } from './connection.ts';
import type { LeaseEnd } from './contender-ports.ts';
import { type Lease, openLease } from './lease.ts';
import { startTestRedis, type TestRedis } from './redis.fixture.ts';

const log = createLogger('bus-test', 'silent');
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

type Contending = { bus: Bus; lease: Lease; said: (number | LeaseEnd)[] };

type Options = {
  ttlMs?: number;
  renewEveryMs?: number;
  threadUrl?: string;
  nextFence?: () => Promise<number>;
};

function contend(owner: string, options: Options = {}) {
  const bus = openBus(server.url('market-data'), owner, log);
  const said: Contending['said'] = [];
  const lease = openLease(bus, {
    name: 'market-data',
    owner,
    nextFence: () => Promise.resolve((fences += 1)),
    isNewest: (fence) => Promise.resolve(fence === fences),
    ...options,
    onGained: (fence) => said.push(fence),
    onLost: (reason) => said.push(reason),
  });
  onEnd.push(() => bus.close());
  onEnd.push(() => lease.stop());
  return { bus, lease, said };
}

async function gained({ said }: Contending): Promise<number> {
  const newest = (): number | undefined => said.findLast((word) => typeof word === 'number');
  await vi.waitFor(() => expect(newest()).toBeDefined(), { timeout: 8_000, interval: 5 });
  return Number(newest());
}

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
  // Whether it has heard of its successor by then is a matter of who is read first.
  expect((await answered)[0]).toEqual({ fence: null, written: 'FENCED' });
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
    const lease = openLease(bus, {
      name: 'market-data', owner: 'holder', ttlMs: 400,
      nextFence: async () => 1_000, isNewest: async () => true,
      onGained: (gained) => process.send({ gained }),
      onLost: () => {},
    });
    process.on('message', async () => {
      const fence = lease.fence();
      const keys = ['lease:market-data:fence', 'md:bybit', 'state:quotes', 'md:bybit:bars'];
      const written = await callLease(bus, 'append', keys, [1_000, 10, 10, 1, 'r:1', 'e', ''])
        .catch((error) => error.code);
      process.send({ fence, written });
    });`;
  return child(script);
}

function child(script: string) {
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

/** A process of its own that contends, and says when it gains. */
function startRival() {
  const file = (name: string): string => new URL(name, import.meta.url).href;
  const script = `
    const { createLogger } = await import('@ballast/observability');
    const { openBus } = await import('${file('./connection.ts')}');
    const { openLease } = await import('${file('./lease.ts')}');
    const bus = openBus(process.env.URL, 'rival', createLogger('rival', 'silent'));
    openLease(bus, {
      name: 'market-data', owner: 'rival',
      nextFence: async () => 2_000, isNewest: async () => true,
      onGained: () => process.send({ gained: performance.timeOrigin + performance.now() }),
      onLost: () => {},
      onHeldElsewhere: () => process.send({ contends: true }),
    });`;
  return child(script);
}

test('a thread keeps the lease of who is busy, and not of who hangs', async () => {
  const first = contend('first', { threadUrl: server.url('market-data') });
  const fence = await gained(first);
  const rival = startRival();
  const told: number[] = [];
  rival.on('message', (said: { gained?: number }) => {
    if (said.gained !== undefined) told.push(said.gained);
  });
  await once(rival, 'message');
  const busy = (ms: number): void => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  for (let turn = 0; turn < 2; turn += 1) {
    busy(1_200);
    await vi.waitFor(() => expect(first.lease.fence()).toBe(fence), 5_000);
  }
  expect([told, first.said]).toEqual([[], [fence]]);
  busy(3_500);
  await vi.waitFor(() => expect(first.said).toEqual([fence, 'taken']), 5_000);
  expect(told).toHaveLength(1);
});
