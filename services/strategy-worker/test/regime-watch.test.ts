import { type Database, openDatabase, regimeKnownAt, saveBars } from '@ballast/db';
import { type Bar, TIMEFRAME_MS } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { BITCOIN } from '@ballast/strategies';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { followRegime, noteRegime } from '../src/regime-watch.ts';

const STEP = TIMEFRAME_MS['4h'];
const BARS = 980;
const BEGIN = Date.UTC(2025, 0, 1);
const NEWEST = BEGIN + (BARS - 1) * STEP;
let database: TestDatabase;
let marketData: Database;
let worker: Database;

beforeEach(async () => {
  database = await createTestDatabase();
  marketData = openDatabase(database.urls['market-data'], { max: 1 });
  worker = openDatabase(database.urls['strategy-worker'], { max: 2 });
});
afterEach(async () => {
  await marketData.close();
  await worker.close();
  await database.drop();
});

/** A market that rises a little with each bar. */
const bar = (openTime: number): Bar => {
  const price = 1_000 + (openTime - BEGIN) / STEP;
  const [low, high] = [String(price - 2), String(price + 2)];
  return {
    ...{ instrument: BITCOIN, timeframe: '4h', openTime, open: String(price), high, low },
    ...{ close: String(price + 1), volume: '1', tradeCount: 1, state: 'closed' },
    ...{ source: 'bybit', builtFrom: 'bars', missing: 0 },
  };
};

const store = (leftOut?: number): Promise<void> => {
  const times = Array.from({ length: BARS + 1 }, (_, index) => BEGIN + index * STEP);
  return saveBars(marketData, times.filter((at) => at !== leftOut).map(bar));
};

test('what the newest closed bar says is stored once, and known from then on', async () => {
  await store();
  const now = NEWEST + STEP + 5_000;
  expect(await noteRegime({ db: worker, now: () => now })).toBe(true);
  expect(await noteRegime({ db: worker, now: () => now + 60_000 })).toBe(true);
  expect(await regimeKnownAt(worker, BITCOIN, now - 1), 'not before it was said').toBeNull();
  const known = await regimeKnownAt(worker, BITCOIN, now + 60_000);
  expect(known).toMatchObject({ at: NEWEST, knownAt: now, regime: 2 });
  const { fastAverage, slowAverage } = Object(known?.inputs);
  expect(fastAverage).toBeGreaterThan(slowAverage);
});

test('nothing is said where a bar is missing, or the newest is old', async () => {
  await store(BEGIN + 500 * STEP);
  const soon = NEWEST + STEP + 5_000;
  expect(await noteRegime({ db: worker, now: () => soon })).toBe(false);
  await store();
  expect(await noteRegime({ db: worker, now: () => soon + 2 * STEP })).toBe(false);
  expect(await noteRegime({ db: worker, now: () => soon })).toBe(true);
});

test('a lack of bars is told once, and looked at again', async () => {
  const log = createLogger('strategy-worker-test', 'silent');
  const warn = vi.spyOn(log, 'warn');
  const watch = followRegime({ db: worker, log, now: () => NEWEST });
  await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
  expect(warn.mock.calls[0]?.[0]).toMatchObject({ code: 'REGIME_UNKNOWN' });
  await watch.stop();
});
