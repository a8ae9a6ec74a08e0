import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createMarketPublisher, openBus, readHeartbeats } from '@ballast/bus';
import { saveBars, signals } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';
import { createTestRedis, type TestRedis } from '../../../tools/stores/test-stores.ts';
import {
  ACCOUNT,
  eventsAt,
  MINUTE,
  openWorkerStores,
  saveInstrument,
  swingingChanges,
  walk,
} from './worker-stores.fixture.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const KEY = '5e1f0c7a9b3d46288f0e1c2d3a4b5968';
const log = createLogger('test', 'fatal');

let stores: Awaited<ReturnType<typeof openWorkerStores>>;
let redis: TestRedis;
let child: ChildProcess | undefined;

beforeAll(async () => {
  [stores, redis] = await Promise.all([openWorkerStores(), createTestRedis()]);
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
afterAll(async () => {
  await redis?.stop();
  await stores?.close();
});

test('warms up from stored bars, decides on the next, beats, stops on SIGTERM', async () => {
  const changes = swingingChanges(260);
  const instrument = await saveInstrument(stores.marketData, 'PROCESS');
  // The newest bar closed less than a minute ago: bars follow each other up to the present.
  const start = Math.floor(Date.now() / MINUTE) * MINUTE - 200 * MINUTE;
  const bars = walk(instrument, start, changes);
  await saveBars(stores.marketData, bars.slice(0, 200));

  child = startWorker(environment());
  const [ready] = await once(child, 'message');
  expect(ready).toEqual({ type: 'ready', instruments: 1, warm: 1 });

  const bus = openBus(redis.urls['market-data'], 'test', log);
  const publisher = createMarketPublisher(bus, 'bybit', { log, runId: 'test' });
  for (const bar of bars.slice(200)) {
    for (const event of eventsAt(bar, Date.now())) publisher.publish(event);
  }
  await publisher.flush();
  const reading = openBus(redis.urls.dashboard, 'test', log);
  await vi.waitFor(
    async () => {
      const [beat] = await readHeartbeats(reading);
      expect(beat).toMatchObject({ service: 'strategy-worker', pid: child?.pid });
      expect(beat?.counts).toMatchObject({ ballast_strategy_worker_bars_total: 60 });
    },
    { timeout: 10_000 },
  );
  const rows = await stores.worker.select().from(signals);
  expect(rows.length).toBeGreaterThan(0);
  expect(
    rows.every((row) => row.tradeId === null),
    'no buy switch was ever set',
  ).toBe(true);
  expect(rows.every((row) => row.barOpenTime >= start + 200 * MINUTE)).toBe(true);

  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  await Promise.all([publisher.close(), reading.close()]);
  await bus.close();
});

test('wrong configuration: exit 78 at once, every faulty variable named', async () => {
  const faults = {
    BALLAST_ACCOUNT: '',
    BALLAST_COMMAND_KEY_STRATEGY_WORKER: 'short',
    BALLAST_STRATEGY_RISK_FRACTION: '1.5',
    BALLAST_STALE_AFTER_MS: 'soon',
    BALLAST_DATABASE_URL: 'not a url',
  };
  child = startWorker({ ...environment(), ...faults });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = await once(child, 'close');
  expect(code).toBe(78);
  const named = said.split('\n').flatMap((line) => /^configuration: (\w+):/.exec(line)?.[1] ?? []);
  expect(new Set(named)).toEqual(new Set(Object.keys(faults)));
});

function environment(): Record<string, string> {
  return {
    ...compileCache,
    BALLAST_DATABASE_URL: stores.url,
    BALLAST_REDIS_URL: redis.urls['strategy-worker'],
    BALLAST_ACCOUNT: ACCOUNT,
    BALLAST_MODE: 'paper',
    BALLAST_COMMAND_KEY_STRATEGY_WORKER: KEY,
  };
}

function startWorker(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}
