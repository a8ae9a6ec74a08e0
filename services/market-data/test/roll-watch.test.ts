import {
  barsBetween,
  type Database,
  loadGaps,
  openDatabase,
  recordLook,
  saveBars,
} from '@ballast/db';
import type { Bar, Timeframe } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { startRollWatch } from '../src/rolling/roll-watch.ts';
import { instrumentOf } from './kept-bars.fixture.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-18T12:00Z');
const log = createLogger('test', 'silent');
const at = (minute: number): number => NOON + minute * MINUTE;
let database: TestDatabase;
let db: Database;
const watches: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['market-data']);
});
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.stop();
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** Minutes from one to another, both included; each has the price of its number. */
function minutes(symbol: string, from: number, to: number, change: Partial<Bar> = {}): Bar[] {
  return Array.from({ length: to - from + 1 }, (_, index): Bar => {
    const price = String(100 + from + index);
    return {
      ...{ instrument: instrumentOf(symbol).id, timeframe: '1m', openTime: at(from + index) },
      ...{ open: price, high: price, low: price, close: price, volume: '1', tradeCount: 1 },
      ...{ state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0, ...change },
    };
  });
}

/** A watch that began at noon, and a way to store minutes as the service does. */
function watchOf(...symbols: string[]) {
  const clock = { now: NOON };
  const instruments = symbols.map((symbol) => instrumentOf(symbol));
  const watch = startRollWatch({
    db,
    instruments: () => instruments,
    begin: NOON,
    now: () => clock.now,
    log,
  });
  watches.push(watch);
  async function store(bars: readonly Bar[]): Promise<void> {
    await saveBars(db, bars);
    watch.stored(bars);
  }
  async function rollAt(minute: number): Promise<void> {
    clock.now = at(minute);
    await watch.rollNow();
  }
  return { watch, store, rollAt };
}

/** "first minute: close, minutes missing, state" of each. */
async function wide(symbol: string, timeframe: Timeframe): Promise<string[]> {
  const range = { from: at(-600), to: at(600) };
  const bars = await barsBetween(db, instrumentOf(symbol).id, timeframe, range);
  return bars.map(({ openTime, close, missing, state }) => {
    return `${(openTime - NOON) / MINUTE}: ${close} -${missing} ${state}`;
  });
}

test('minutes that come after the end of their wide bars make these anew', async () => {
  const { store, rollAt } = watchOf('BTCUSDT');
  await store(minutes('BTCUSDT', 0, 2));
  await rollAt(16);
  expect(await wide('BTCUSDT', '5m')).toEqual(['0: 102 -2 closed']);
  await store(minutes('BTCUSDT', 3, 14));
  await rollAt(17);
  const rest = ['5: 109 -0 backfilled', '10: 114 -0 backfilled'];
  expect(await wide('BTCUSDT', '5m')).toEqual(['0: 104 -0 backfilled', ...rest]);
  expect(await wide('BTCUSDT', '15m')).toEqual(['0: 114 -0 backfilled']);
});

test('the hours in which the service was away get their wide bars, others stay as they are', async () => {
  const { store, rollAt } = watchOf('ETHUSDT');
  const whole = { timeframe: '5m', builtFrom: 'bars', open: '40', high: '44', low: '40' } as const;
  await saveBars(
    db,
    minutes('ETHUSDT', -60, -60, { ...whole, close: '44', volume: '5', tradeCount: 5 }),
  );
  await recordLook(db, {
    ...{ instrument: instrumentOf('ETHUSDT').id, timeframe: '1h', fromTime: at(-60) },
    ...{ checkedUntil: NOON, now: NOON, gaps: [{ from: at(-60), to: at(-60), bars: 1 }] },
  });
  await store(minutes('ETHUSDT', -60, -1));
  await rollAt(0);
  expect((await wide('ETHUSDT', '5m')).slice(0, 2)).toEqual([
    '-60: 44 -0 closed',
    '-55: 49 -0 backfilled',
  ]);
  expect(await wide('ETHUSDT', '1h')).toEqual(['-60: 99 -0 backfilled']);
  expect(await loadGaps(db, { from: at(-600), to: at(600) }), 'the gap is over').toEqual([]);
});

test('a corrected minute corrects the wide bars that hold it', async () => {
  const { store, rollAt } = watchOf('XRPUSDT');
  await store(minutes('XRPUSDT', 0, 9));
  await rollAt(11);
  await store(minutes('XRPUSDT', 4, 4, { close: '77', low: '77', state: 'corrected' }));
  await rollAt(12);
  expect(await wide('XRPUSDT', '5m')).toEqual(['0: 77 -0 corrected', '5: 109 -0 closed']);
});

test('wide bars of minutes that a process stored before it died are made anew', async () => {
  const { store, rollAt, watch } = watchOf('LTCUSDT');
  await store(minutes('LTCUSDT', 0, 2));
  await rollAt(6);
  await saveBars(db, minutes('LTCUSDT', 3, 4));
  watch.storedLate(instrumentOf('LTCUSDT'), { from: at(3), to: at(4) });
  await rollAt(7);
  expect(await wide('LTCUSDT', '5m')).toEqual(['0: 104 -0 backfilled']);
});

test('minutes finer than the tick and lot of today are rolled up all the same', async () => {
  const { store, rollAt, watch } = watchOf('SOLUSDT');
  await store(minutes('SOLUSDT', 0, 4, { close: '100.25', high: '200', volume: '0.003' }));
  await rollAt(6);
  expect(await wide('SOLUSDT', '5m')).toEqual(['0: 100.25 -0 closed']);
  expect(watch.counts).toEqual({ barsRolled: 1, failedRolls: 0 });
});

test('minutes that cannot be counted exactly keep no other instrument back', async () => {
  const { store, rollAt, watch } = watchOf('AAAUSDT', 'BBBUSDT');
  await store(minutes('AAAUSDT', 0, 4, { high: '900000000', low: '0.000000000000000001' }));
  await store(minutes('BBBUSDT', 0, 4));
  await rollAt(6);
  expect(await wide('AAAUSDT', '5m')).toEqual([]);
  expect(await wide('BBBUSDT', '5m')).toEqual(['0: 104 -0 closed']);
  await rollAt(7);
  expect(watch.counts, 'told once').toEqual({ barsRolled: 1, failedRolls: 1 });
});

test('a wide bar names who told its own minutes, not who told the newest', async () => {
  const { store, rollAt } = watchOf('DOTUSDT');
  await store([
    ...minutes('DOTUSDT', 0, 4, { source: 'import' }),
    ...minutes('DOTUSDT', 5, 12, { source: 'alpaca' }),
    ...minutes('DOTUSDT', 13, 14),
  ]);
  await rollAt(16);
  const range = { from: NOON, to: at(60) };
  const bars = await barsBetween(db, instrumentOf('DOTUSDT').id, '5m', range);
  expect(bars.map(({ source }) => source)).toEqual(['import', 'alpaca', 'bybit']);
});

test('late minutes are not forgotten while the database is away', async () => {
  const away = openDatabase(database.urls['market-data']);
  await away.close();
  const instrument = instrumentOf('BTCUSDT');
  const clock = { now: at(30 * 24 * 60 + 6) };
  const state = { isAway: false };
  const watch = startRollWatch({
    get db() {
      return state.isAway ? away : db;
    },
    instruments: () => [instrument],
    begin: clock.now,
    now: () => clock.now,
    log,
  });
  watches.push(watch);
  const [minute] = minutes('BTCUSDT', 30 * 24 * 60, 30 * 24 * 60);
  if (minute === undefined) throw new Error('there is no minute');
  await saveBars(db, [minute]);
  state.isAway = true;
  watch.stored([minute]);
  await watch.rollNow();
  expect(watch.counts).toEqual({ barsRolled: 0, failedRolls: 1 });
  state.isAway = false;
  await watch.rollNow();
  expect(watch.counts).toEqual({ barsRolled: 1, failedRolls: 1 });
});
