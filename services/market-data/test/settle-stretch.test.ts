import {
  coverageOf,
  type Database,
  loadGaps,
  openDatabase,
  saveBars,
  storedOpenTimes,
} from '@ballast/db';
import { type Bar, type Instrument, TIMEFRAME_MS, TIMEFRAMES } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { settleStretch } from '../src/jobs/settle-stretch.ts';
import { instrumentOf, openGaps, stockOf } from './kept-bars.fixture.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-18T12:00Z');
const TUESDAY = Date.parse('2026-07-14T00:00Z');
const OPEN = Date.parse('2026-07-14T13:30Z');
let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['market-data']);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const bar = (instrument: Instrument, timeframe: Bar['timeframe'], openTime: number): Bar => ({
  ...{ instrument: instrument.id, timeframe, openTime, open: '1', high: '1', low: '1', close: '1' },
  ...{ volume: '1', tradeCount: 1, state: 'backfilled', source: 'alpaca', builtFrom: 'venue' },
  missing: 0,
});

const settled = { now: NOW, isWatched: false, asked: null };

test('minutes from midnight UTC on want no day before them', async () => {
  const instrument = stockOf('AAPL');
  await saveBars(
    db,
    Array.from({ length: 390 }, (_, index) => bar(instrument, '1m', OPEN + index * MINUTE)),
  );
  const stretch = { from: TUESDAY, to: TUESDAY + TIMEFRAME_MS['1d'] };
  await settleStretch(db, instrument, { ...settled, ...stretch, timeframe: '1m', wide: 'roll' });
  expect(await openGaps(db, instrument, NOW)).toEqual([]);
  for (const timeframe of TIMEFRAMES) {
    expect(await coverageOf(db, instrument.id, timeframe), timeframe).not.toBeNull();
  }
});

test('days from a Monday on want no week before them', async () => {
  const instrument = stockOf('MSFT');
  const monday = TUESDAY - TIMEFRAME_MS['1d'];
  const days = Array.from({ length: 5 }, (_, index) => monday + index * TIMEFRAME_MS['1d']);
  await saveBars(db, [
    ...days.map((openTime) => bar(instrument, '1d', openTime)),
    bar(instrument, '1w', monday),
  ]);
  const stretch = { from: monday, to: monday + 5 * TIMEFRAME_MS['1d'] };
  await settleStretch(db, instrument, { ...settled, ...stretch, timeframe: '1d', wide: 'made' });
  expect(await openGaps(db, instrument, NOW)).toEqual([]);
});

test('what began before the stretch is not missing when all of the stretch is empty', async () => {
  const instrument = instrumentOf('ETHUSDT');
  const stretch = { from: TUESDAY, to: TUESDAY + 20 * TIMEFRAME_MS['1d'] };
  const asked = { source: 'bybit', hearsAll: true } as const;
  const from = { ...settled, asked, ...stretch, timeframe: '1m', wide: 'roll' } as const;
  await settleStretch(db, instrument, from);
  expect(await openGaps(db, instrument, NOW)).toEqual([]);
});

test('a bar that has just ended is left to who watches, and is not missing', async () => {
  const instrument = instrumentOf('TRXUSDT');
  const from = NOW - 30 * MINUTE;
  const there = Array.from({ length: 29 }, (_, index) =>
    bar(instrument, '1m', from + index * MINUTE),
  );
  await saveBars(db, there);
  const asked = { source: 'bybit', hearsAll: true } as const;
  const stretch = { from, to: NOW, timeframe: '1m', wide: 'roll', asked } as const;
  await settleStretch(db, instrument, { ...stretch, now: NOW + 1_000, isWatched: true });
  const range = { instrument: instrument.id, timeframe: '15m', from, to: NOW } as const;
  expect([...(await storedOpenTimes(db, range))]).toEqual([from]);
  const gaps = await loadGaps(db, range);
  expect(gaps.map(({ fromTime, outcome }) => [fromTime, outcome])).toEqual([]);
});

test('a week that is stored of a part of it is wanted', async () => {
  const instrument = instrumentOf('SOLUSDT');
  const to = TUESDAY + TIMEFRAME_MS['1h'];
  await saveBars(
    db,
    Array.from({ length: 60 }, (_, index) => bar(instrument, '1m', TUESDAY + index * MINUTE)),
  );
  const from = { ...settled, from: TUESDAY, to, timeframe: '1m', wide: 'roll' } as const;
  await settleStretch(db, instrument, from);
  expect(await openGaps(db, instrument, NOW)).toEqual([]);
  const known = await coverageOf(db, instrument.id, '1w');
  expect(known?.fromTime).toBe(TUESDAY - TIMEFRAME_MS['1d']);
});

test('a day of which no minute came is missing where nobody says that there is none', async () => {
  const instrument = stockOf('IBM');
  const from = { ...settled, from: TUESDAY, to: TUESDAY + TIMEFRAME_MS['1d'] };
  await settleStretch(db, instrument, { ...from, timeframe: '1m', wide: 'roll' });
  expect(await openGaps(db, instrument, NOW)).toContain('1d 2026-07-14T00:00:00.000Z');
  expect((await openGaps(db, instrument, NOW)).filter((gap) => gap.startsWith('1w'))).toEqual([]);
});

test('an hour without a minute makes no bar wanted that holds more than it', async () => {
  const instrument = instrumentOf('XRPUSDT');
  const from = TUESDAY + TIMEFRAME_MS['1h'];
  const stretch = { from, to: from + TIMEFRAME_MS['1h'] };
  await settleStretch(db, instrument, { ...settled, ...stretch, timeframe: '1m', wide: 'roll' });
  for (const timeframe of ['4h', '1d', '1w'] as const) {
    expect(await coverageOf(db, instrument.id, timeframe), timeframe).toBeNull();
  }
  expect(await coverageOf(db, instrument.id, '1h')).not.toBeNull();
});

test('a bar that was under way when nobody looked any more is made before it is left', async () => {
  const instrument = instrumentOf('ADAUSDT');
  const hour = TIMEFRAME_MS['1h'];
  const minutesFrom = (from: number) =>
    Array.from({ length: 34 }, (_, index) => bar(instrument, '1m', from + index * MINUTE));
  const settleFrom = async (from: number, now: number): Promise<void> => {
    await saveBars(db, minutesFrom(from));
    const stretch = { ...settled, from, to: from + 34 * MINUTE, now } as const;
    await settleStretch(db, instrument, { ...stretch, timeframe: '1m', wide: 'roll' });
  };
  await settleFrom(TUESDAY, TUESDAY + 40 * MINUTE);
  const hours = { instrument: instrument.id, timeframe: '1h', from: TUESDAY, to: NOW } as const;
  expect(await storedOpenTimes(db, hours), 'it has not ended').toHaveLength(0);
  await settleFrom(TUESDAY + 3 * hour, NOW);
  expect([...(await storedOpenTimes(db, hours))]).toEqual([TUESDAY, TUESDAY + 3 * hour]);
  expect(await openGaps(db, instrument, NOW)).toEqual([]);
});
