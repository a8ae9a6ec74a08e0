import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, FEED_STATE, openBus, readMarket, readState } from '@ballast/bus';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';

const SERVICES = join(import.meta.dirname, '../..');
/** What the operator's commands are held against. */
const OPERATOR = {
  ...{ BALLAST_ACCOUNT: 'paper', BALLAST_MODE: 'paper', BALLAST_IMPORT_DIR: tmpdir() },
  BALLAST_COMMAND_KEY_DASHBOARD: '8f3c1d5a7e9b2046c8d1f3a5b7e9c0d2',
  BALLAST_COMMAND_KEY_CLI: '1d5a7e9b2046c8d1f3a5b7e9c0d28f3c',
};
const WAIT = { timeout: 15_000 };
const log = createLogger('market-data-test', 'silent');
const processes: ChildProcess[] = [];
const active = z.object({ fence: z.number(), pid: z.number(), state: z.string() });
let redis: TestRedis;
let database: TestDatabase;
let bus: Bus;
let venueUrl: string;

beforeAll(async () => {
  [redis, database] = await Promise.all([createTestRedis(), createTestDatabase()]);
  bus = openBus(redis.urls.dashboard, 'test', log);
  const { said } = await ready('venue-simulator', {
    BALLAST_SIMULATOR_API_KEY: 'market-data-test',
    BALLAST_SIMULATOR_API_SECRET: 'f4a1c7e09b2d58634fe0a9c1d7b3526e',
  });
  venueUrl = `127.0.0.1:${String(said['port'])}`;
});

afterAll(async () => {
  await bus.close();
  for (const child of processes) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
  await Promise.all([redis.stop(), database.drop()]);
});

/** Starts a service and gives what it said when it was ready, with its process. */
async function ready(name: string, variables: Record<string, string>) {
  const child = fork(join(SERVICES, name, 'src/main.ts'), {
    env: { ...compileCache, BALLAST_LOG_LEVEL: 'error', ...variables },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  processes.push(child);
  const [message] = await once(child, 'message');
  return { said: z.record(z.string(), z.unknown()).parse(message), child };
}

const marketData = () =>
  ready('market-data', {
    BALLAST_DATABASE_URL: database.urls['market-data'],
    BALLAST_REDIS_URL: redis.urls['market-data'],
    BALLAST_BYBIT_PUBLIC_WS_URL: `ws://${venueUrl}`,
    BALLAST_BYBIT_PUBLIC_REST_URL: `http://${venueUrl}`,
    BALLAST_INSTRUMENTS: 'all',
    ...OPERATOR,
  });

const activeNow = async () => active.parse(await readState(bus, FEED_STATE));

/** Until `pid` is the active one, under a fence above `fence`. */
async function takesOver(pid: number | undefined, fence: number) {
  return await vi.waitFor(async () => {
    const now = await activeNow();
    expect(now.fence).toBeGreaterThan(fence);
    expect(now).toMatchObject({ pid, state: 'live' });
    return now;
  }, WAIT);
}

test('the standby takes over from one that was killed or paused, and no trade comes twice', async () => {
  const first = await marketData();
  const second = await marketData();
  expect([first.said['part'], second.said['part']]).toEqual(['active', 'standby']);
  const ids: string[] = [];
  const reader = readMarket(redis.urls['strategy-worker'], {
    venues: ['bybit'],
    from: '$',
    name: 'test',
    log,
    onBatch(events) {
      for (const event of events) {
        if (event.kind !== 'trade') continue;
        ids.push(`${event.trade.instrument} ${event.trade.venueTradeId}`);
      }
    },
  });
  const more = async (count: number): Promise<void> => {
    const wanted = ids.length + count;
    await vi.waitFor(() => expect(ids.length).toBeGreaterThan(wanted), WAIT);
  };
  await more(20);
  const { fence, pid } = await activeNow();
  expect(pid).toBe(first.child.pid);
  first.child.kill('SIGKILL');
  const after = await takesOver(second.child.pid, fence);
  await more(20);

  const third = await marketData();
  second.child.kill('SIGSTOP');
  const last = await takesOver(third.child.pid, after.fence);
  second.child.kill('SIGCONT');
  await more(50);
  expect(await activeNow()).toMatchObject({ pid: third.child.pid, fence: last.fence });
  expect(new Set(ids).size).toBe(ids.length);
  await reader.stop();
});
