import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Bus,
  latestQuotes,
  openBus,
  readHeartbeats,
  readMarket,
  readState,
} from '@ballast/bus';
import { loadInstruments, openDatabase, recentBars } from '@ballast/db';
import { type MarketEvent, parseInstrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';

const SERVICES = join(import.meta.dirname, '../..');
const BTC = parseInstrumentId('bybit.linear:BTCUSDT');
/** What the operator's commands are held against. */
const OPERATOR = {
  ...{ BALLAST_ACCOUNT: 'paper', BALLAST_MODE: 'paper', BALLAST_IMPORT_DIR: tmpdir() },
  BALLAST_COMMAND_KEY_DASHBOARD: '8f3c1d5a7e9b2046c8d1f3a5b7e9c0d2',
  BALLAST_COMMAND_KEY_CLI: '1d5a7e9b2046c8d1f3a5b7e9c0d28f3c',
};
const WAIT = { timeout: 15_000 };
const log = createLogger('market-data-test', 'silent');
const processes: ChildProcess[] = [];
let redis: TestRedis;
let database: TestDatabase;
let bus: Bus;
let venueUrl: string;
let service: ChildProcess;

beforeAll(async () => {
  [redis, database] = await Promise.all([createTestRedis(), createTestDatabase()]);
  bus = openBus(redis.urls.dashboard, 'test', log);
  const venue = start('venue-simulator', {
    BALLAST_SIMULATOR_API_KEY: 'market-data-test',
    BALLAST_SIMULATOR_API_SECRET: 'f4a1c7e09b2d58634fe0a9c1d7b3526e',
    BALLAST_SIMULATOR_CONTROL: 'true',
  });
  const { port } = await ready(venue);
  venueUrl = `127.0.0.1:${String(port)}`;
  service = start('market-data', environment());
  await ready(service);
});

afterAll(async () => {
  await bus.close();
  await Promise.all(processes.map(end));
  await Promise.all([redis.stop(), database.drop()]);
});

function environment(): Record<string, string> {
  return {
    BALLAST_DATABASE_URL: database.urls['market-data'],
    BALLAST_REDIS_URL: redis.urls['market-data'],
    BALLAST_BYBIT_PUBLIC_WS_URL: `ws://${venueUrl}`,
    BALLAST_BYBIT_PUBLIC_REST_URL: `http://${venueUrl}`,
    BALLAST_INSTRUMENTS: 'all',
    ...OPERATOR,
  };
}

function start(name: string, variables: Record<string, string>): ChildProcess {
  const child = fork(join(SERVICES, name, 'src/main.ts'), {
    env: { ...compileCache, BALLAST_LOG_LEVEL: 'error', ...variables },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  processes.push(child);
  return child;
}

async function ready(child: ChildProcess): Promise<Record<string, unknown>> {
  let said = '';
  child.stderr?.on('data', (text) => (said += String(text)));
  const failed = once(child, 'exit').then(() => {
    throw new Error(`ended before it was ready: ${said}`);
  });
  const [message] = await Promise.race([once(child, 'message'), failed]);
  expect(message).toMatchObject({ type: 'ready' });
  return message;
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  return child.exitCode;
}

/** Starts the service with these variables and gives how it ended and what it said. */
async function fails(variables: Record<string, string>): Promise<{ code: number; said: string }> {
  const child = start('market-data', { ...environment(), ...variables });
  let said = '';
  child.stderr?.on('data', (text) => (said += String(text)));
  const [code] = await once(child, 'close');
  return { code, said };
}

async function feedState(): Promise<{ state: string; counts: Record<string, number> }> {
  const value = await readState(bus, 'feed:market');
  if (typeof value !== 'object' || value === null) throw new Error('no feed state yet');
  return { state: Reflect.get(value, 'state'), counts: Reflect.get(value, 'counts') };
}

async function inject(action: string): Promise<void> {
  const body = JSON.stringify({ action });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`http://${venueUrl}/control`, { method: 'POST', body, headers });
  expect(await response.json()).toEqual({ ok: true });
}

describe('market-data beside the venue', () => {
  test('stores what the venue lists and four hours of bars of each, without a hole', async () => {
    const db = openDatabase(database.urls.dashboard);
    const instruments = await loadInstruments(db);
    expect(instruments.map(({ id }) => id)).toContain(BTC);
    for (const { id } of instruments) {
      const bars = await recentBars(db, id, '1m', 500);
      expect(bars.length).toBeGreaterThanOrEqual(240);
      const times = bars.map(({ openTime }) => openTime);
      expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * 60_000));
    }
    await db.close();
  });

  test('puts trades and quotes on the bus, and the latest quote beside them', async () => {
    const events: MarketEvent[] = [];
    const reader = readMarket(redis.urls['strategy-worker'], {
      venues: ['bybit'],
      from: '$',
      onBatch: (batch) => void events.push(...batch),
      log,
      name: 'test',
    });
    await vi.waitFor(() => {
      expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['trade', 'quote']));
    }, WAIT);
    await reader.stop();
    const quote = (await latestQuotes(bus)).get(BTC);
    expect(Number(quote?.bid)).toBeGreaterThan(0);
    expect(Number(quote?.ask)).toBeGreaterThan(Number(quote?.bid));
  });

  test('shows its state and its heartbeat', async () => {
    await vi.waitFor(async () => {
      expect((await feedState()).state).toBe('live');
      expect((await readHeartbeats(bus)).map(({ service: name }) => name)).toEqual(['market-data']);
    }, WAIT);
  });

  test('counts malformed and oversized frames and keeps its connection', async () => {
    const before = (await feedState()).counts;
    await inject('malformedFrame');
    await inject('oversizedFrame');
    await vi.waitFor(async () => {
      const { counts, state } = await feedState();
      expect(counts).toMatchObject({ FEED_FRAME_MALFORMED: 1, FEED_FRAME_TOO_LARGE: 1 });
      expect(counts['trades']).toBeGreaterThan(before['trades'] ?? 0);
      expect(counts['feedConnects']).toBe(before['feedConnects']);
      expect(state).toBe('live');
    }, WAIT);
  });

  test('comes back when the venue ends the connection', async () => {
    const before = (await feedState()).counts;
    await inject('dropPublicStream');
    await vi.waitFor(async () => {
      const { counts, state } = await feedState();
      expect(counts['feedConnects']).toBe((before['feedConnects'] ?? 0) + 1);
      expect(counts['trades']).toBeGreaterThan(before['trades'] ?? 0);
      expect(state).toBe('live');
    }, WAIT);
  });

  test('stops when asked, in order', async () => {
    expect(await end(service)).toBe(0);
  });
});

describe('market-data that cannot start', () => {
  test('names the variable and ends with 78', async () => {
    for (const [name, value] of [
      ['BALLAST_REDIS_URL', 'http://x'],
      ['BALLAST_INSTRUMENTS', 'BTCUSDT'],
      ['BALLAST_BYBIT_PUBLIC_WS_URL', ''],
    ] as const) {
      const { code, said } = await fails({ [name]: value });
      expect(said).toContain(name);
      expect(code).toBe(78);
    }
  });

  test('names an instrument that the venue does not trade', async () => {
    const empty = await createTestDatabase();
    const { code, said } = await fails({
      BALLAST_DATABASE_URL: empty.urls['market-data'],
      BALLAST_INSTRUMENTS: 'bybit.linear:NOPEUSDT',
    });
    await empty.drop();
    expect(said).toContain('bybit.linear:NOPEUSDT');
    expect(code).toBe(1);
  });
});
