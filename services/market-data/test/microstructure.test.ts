import { type Database, openDatabase, seriesAsOf, valueAsOf } from '@ballast/db';
import {
  type Instrument,
  instrumentId,
  type MicrostructureKind,
  parseQuantity,
  parseScaled,
} from '@ballast/domain';
import { FeedError, type PolledKind, type PolledMicrostructure } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { createMicrostructurePoll } from '../src/microstructure/microstructure-poll.ts';
import { nextLook } from '../src/microstructure/series-times.ts';
import { createTakerStore } from '../src/microstructure/taker-store.ts';
import { TakerVolume } from '../src/microstructure/taker-volume.ts';

const MINUTE = 60_000;
const STEP = 5 * MINUTE;
const NOON = Date.UTC(2026, 10, 18, 12);
const log = createLogger('test', 'silent');
let database: TestDatabase;
let db: Database;
let clock = NOON;
/** The venue tells nothing of what is younger. */
const PUBLISHED_AFTER = 30_000;
/** What it says instead of a number of its own, by time. */
let revised: Map<number, string>;
let listedSince: number;
let fault: string | null;
let asked: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['market-data']);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});
beforeEach(() => {
  clock = NOON;
  revised = new Map();
  listedSince = 0;
  fault = null;
  asked = [];
});

const idOf = (symbol: string) => instrumentId('bybit', 'linear', symbol);
function instrumentOf(symbol: string): Instrument {
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  return {
    ...{ id: idOf(symbol), baseCurrency: 'BTC', quoteCurrency: 'USDT', ...quantities },
    ...{ tickSize: parseScaled('1'), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
    ...{ minNotional: 0n, sector: 'crypto', session: 'continuous' },
  };
}
const minute = (at: number): number => (at - NOON) / MINUTE;

/** A venue with ten points in an answer; only open interest has any. */
const listings: PolledMicrostructure = {
  covers: () => true,
  stepMs: () => STEP,
  stretchMs: () => 10 * STEP,
  async points({ instrument, symbol }, kind, from, to) {
    if (kind !== 'open-interest') return [];
    asked.push(`${symbol} ${minute(from)} to ${minute(to - 1)}`);
    if (to - from > 10 * STEP) throw new FeedError('HISTORY_RANGE', 'too much');
    if (fault !== null) throw new FeedError(fault, 'said so');
    const points = [];
    const first = Math.ceil(Math.max(from, listedSince) / STEP) * STEP;
    for (let at = first; at < to && at <= clock - PUBLISHED_AFTER; at += STEP) {
      const value = revised.get(at) ?? String(1_000 + minute(at));
      points.push({ instrument: instrument.id, kind, at, value });
    }
    return points;
  },
};

/** One that knows its series: each waits for its moment. */
async function poller(symbols: readonly string[], historyMs = 40 * STEP) {
  const routes = symbols.map((symbol) => ({ instrument: instrumentOf(symbol), symbol }));
  const parts = { db, routes: () => routes, listings, historyMs, now: () => clock, log };
  const polling = createMicrostructurePoll(parts);
  await polling.poll();
  return polling;
}
/** To the moment in which the series is looked at next. */
function toNextLook(symbol: string, kind: PolledKind = 'open-interest'): void {
  clock = nextLook(idOf(symbol), kind, clock);
}
const value = (symbol: string, at: number, asOf: number, kind: MicrostructureKind) =>
  valueAsOf(db, { instrument: idOf(symbol), kind, at, asOf });
const rows = async (symbol: string) => {
  const range = { from: 0, to: clock, asOf: Number.MAX_SAFE_INTEGER };
  const series = { instrument: idOf(symbol), kind: 'open-interest' } as const;
  const columns = await seriesAsOf(db, { ...series, ...range });
  return [...columns.at].map((at, index) => ({ at, knownAt: columns.knownAt[index] ?? 0 }));
};

test('what comes while we look is known since its receipt, what was before since the assumption', async () => {
  const { poll, counts } = await poller(['BTCUSDT'], 10 * STEP);
  expect(asked, 'not before its moment').toEqual([]);
  toNextLook('BTCUSDT');
  const firstLook = clock;
  await poll();
  expect(counts.microstructurePoints).toBe(10);
  const newest = (await rows('BTCUSDT')).at(-1);
  expect(newest?.at).toBe(NOON + STEP * Math.floor((firstLook - PUBLISHED_AFTER - NOON) / STEP));
  for (const { at, knownAt } of await rows('BTCUSDT')) {
    expect(knownAt).toBe(Math.min(at + STEP, firstLook));
  }
  toNextLook('BTCUSDT');
  await poll();
  const next = (newest?.at ?? 0) + STEP;
  expect(await value('BTCUSDT', next, clock - 1, 'open-interest')).toMatchObject({
    at: newest?.at,
  });
  expect(await value('BTCUSDT', next, clock, 'open-interest')).toEqual({
    ...{ at: next, knownAt: clock, value: String(1_000 + minute(next)), source: 'venue' },
  });
});

test('a restart goes on where it was, tells nothing twice, and fills what was missed', async () => {
  const before = await poller(['ETHUSDT'], 10 * STEP);
  toNextLook('ETHUSDT');
  await before.poll();
  const stored = (await rows('ETHUSDT')).length;
  const after = await poller(['ETHUSDT'], 40 * STEP);
  clock += 25 * STEP;
  asked = [];
  toNextLook('ETHUSDT');
  await after.poll();
  expect(asked.length, 'stretches of ten, from the last but two').toBeGreaterThan(2);
  const all = (await rows('ETHUSDT')).map(({ at }) => at).toSorted((a, b) => a - b);
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(stored + 25);
  for (const [index, at] of all.entries()) expect(at).toBe((all[0] ?? 0) + index * STEP);
  const missed = (await rows('ETHUSDT')).slice(-20);
  expect(
    missed.every(({ knownAt }) => knownAt === clock),
    'nobody had them before',
  ).toBe(true);
});

test('a revised value is a row of its own, known since the look that brought it', async () => {
  const { poll } = await poller(['SOLUSDT'], 10 * STEP);
  toNextLook('SOLUSDT');
  await poll();
  const point = (await rows('SOLUSDT')).at(-1)?.at ?? 0;
  const first = await value('SOLUSDT', point, clock, 'open-interest');
  revised.set(point, '7.5');
  toNextLook('SOLUSDT');
  await poll();
  expect(await value('SOLUSDT', point, clock - 1, 'open-interest')).toEqual(first);
  expect(await value('SOLUSDT', point, clock, 'open-interest')).toMatchObject({ value: '7.5' });
});

test('the time before is asked for backwards, until the venue has no more', async () => {
  listedSince = NOON - 25 * STEP;
  const { poll } = await poller(['XRPUSDT']);
  toNextLook('XRPUSDT');
  for (let times = 0; times < 8; times += 1) await poll();
  const all = await rows('XRPUSDT');
  const oldest = Math.min(...all.map(({ at }) => at));
  expect(oldest).toBe(listedSince);
  for (const { at, knownAt } of all) expect(knownAt).toBe(Math.min(at + STEP, clock));
  expect(new Set(asked).size, 'nothing twice').toBe(asked.length);
  expect(asked.at(-1)).toBe(`XRPUSDT ${minute(oldest - 10 * STEP)} to ${minute(oldest - 1)}`);
});

test('a venue that is away is asked again soon, one that refuses a series much later', async () => {
  const symbols = ['ADAUSDT', 'DOTUSDT'];
  const { poll, counts } = await poller(symbols, 10 * STEP);
  clock = Math.max(...symbols.map((one) => nextLook(idOf(one), 'open-interest', clock)));
  fault = 'HISTORY_UNREACHABLE';
  await poll();
  await poll();
  expect(asked.length, 'then a pause').toBe(2);
  clock += 30_000;
  fault = 'HISTORY_SYMBOL_UNKNOWN';
  await poll();
  await poll();
  expect(asked.length, 'each series once').toBe(4);
  expect(counts.failedMicrostructureLooks).toBe(4);
  clock += 30 * MINUTE;
  fault = null;
  await poll();
  expect((await rows('ADAUSDT')).length * (await rows('DOTUSDT')).length).toBeGreaterThan(0);
});

test('hundreds of series do not ask at once', () => {
  const perSecond = new Map<number, number>();
  for (let index = 0; index < 600; index += 1) {
    const second = Math.floor(nextLook(idOf(`S${index}`), 'open-interest', NOON) / 1_000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(10);
  expect(nextLook(idOf('S1'), 'funding-rate', NOON) - NOON).toBeLessThan(16 * MINUTE);
});

test('volume of takers: known when we had it; a takeover neither doubles nor changes it', async () => {
  const symbol = 'LTCUSDT';
  const feed = (taker: TakerVolume, quantity: string, at: number) =>
    taker.trade({
      ...{ instrument: idOf(symbol), source: 'bybit', venueTradeId: '1', price: '1', quantity },
      ...{ takerSide: 'buy', eventTime: at, receivedTime: at },
    });
  const [active, standby] = [new TakerVolume(), new TakerVolume()];
  for (const taker of [active, standby]) {
    taker.follow([idOf(symbol)], NOON - 60_000);
    taker.setLive(NOON - 60_000);
    feed(taker, '2', NOON + 1);
  }
  feed(active, '0.5', NOON + 2);
  for (const taker of [active, standby]) feed(taker, '4', NOON + STEP);
  const store = (taker: TakerVolume) =>
    createTakerStore({ db, taker, instruments: () => [idOf(symbol)], now: () => clock, log });
  clock = NOON + STEP + 2_000;
  await store(active).store();
  const first = await value(symbol, NOON, clock, 'taker-buy-volume');
  expect(first).toEqual({ at: NOON, knownAt: clock, value: '2.5', source: 'trades' });
  expect(await value(symbol, NOON, clock - 1, 'taker-buy-volume')).toBeNull();
  clock = NOON + 2 * STEP + 2_000;
  const after = store(standby);
  await after.store();
  expect(await value(symbol, NOON, clock, 'taker-buy-volume')).toEqual(first);
  expect(await value(symbol, NOON + STEP, clock, 'taker-buy-volume')).toMatchObject({ value: '4' });
  feed(standby, '1', NOON + STEP + 1);
  clock += 1_000;
  await after.store();
  const late = await value(symbol, NOON + STEP, clock, 'taker-buy-volume');
  expect(late).toMatchObject({ value: '5', knownAt: clock });
});
