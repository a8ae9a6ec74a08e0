import { barsBetween, type Database, openDatabase, saveBars } from '@ballast/db';
import { type Bar, instrumentId, parseScaled } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { rollStored, WIDE_TIMEFRAMES } from '../src/rolling/roll-stored.ts';

const MINUTE = 60_000;
const MIDNIGHT = Date.parse('2026-11-16T00:00Z');
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

const instrumentOf = (symbol: string) => ({
  id: instrumentId('bybit', 'linear', symbol),
  session: 'continuous' as const,
  tickSize: parseScaled('0.1'),
  lotSize: parseScaled('0.001'),
});

/** The minute number `index` of the day: rises by a tick each. */
function minute(symbol: string, index: number, change: Partial<Bar> = {}): Bar {
  const price = (100 + index / 10).toFixed(1);
  return {
    instrument: instrumentOf(symbol).id,
    ...{ timeframe: '1m', openTime: MIDNIGHT + index * MINUTE },
    ...{ open: price, high: price, low: price, close: price, volume: '0.001', tradeCount: 2 },
    ...{ state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0 },
    ...change,
  };
}

const hour = { from: MIDNIGHT, to: MIDNIGHT + 59 * MINUTE, until: MIDNIGHT + 60 * MINUTE };

test('wide bars that have ended are stored, with what they lack; others are not', async () => {
  const btc = instrumentOf('BTCUSDT');
  const there = Array.from({ length: 60 }, (_, index) => index).filter((index) => index !== 7);
  await saveBars(
    db,
    there.map((index) => minute('BTCUSDT', index)),
  );
  const roll = { ...hour, state: 'closed', timeframes: WIDE_TIMEFRAMES } as const;
  expect(await rollStored(db, btc, roll), '12 of 5 m, 4 of 15 m, one hour').toBe(17);
  const range = { from: MIDNIGHT, to: MIDNIGHT + 60 * MINUTE };
  expect(await barsBetween(db, btc.id, '1h', range)).toEqual([
    {
      ...{ instrument: btc.id, timeframe: '1h', openTime: MIDNIGHT },
      ...{ open: '100', high: '105.9', low: '100', close: '105.9', volume: '0.059' },
      ...{ tradeCount: 118, state: 'closed', source: 'bybit', builtFrom: 'bars', missing: 1 },
    },
  ]);
  expect(await barsBetween(db, btc.id, '4h', range)).toEqual([]);
  const lacking = (await barsBetween(db, btc.id, '5m', range)).filter(({ missing }) => missing > 0);
  expect(lacking.map(({ openTime }) => openTime)).toEqual([MIDNIGHT + 5 * MINUTE]);
});

test('a minute that comes late makes its wide bars anew, and no others', async () => {
  const eth = instrumentOf('ETHUSDT');
  await saveBars(
    db,
    Array.from({ length: 60 }, (_, index) => minute('ETHUSDT', index)).toSpliced(7, 1),
  );
  await rollStored(db, eth, { ...hour, state: 'closed', timeframes: WIDE_TIMEFRAMES });
  await saveBars(db, [minute('ETHUSDT', 7, { high: '999', state: 'backfilled' })]);
  const late = { from: MIDNIGHT + 7 * MINUTE, to: MIDNIGHT + 7 * MINUTE, until: hour.until };
  const again = { ...late, state: 'corrected', timeframes: WIDE_TIMEFRAMES } as const;
  expect(await rollStored(db, eth, again), '5 m, 15 m and the hour').toBe(3);
  const range = { from: MIDNIGHT, to: MIDNIGHT + 60 * MINUTE };
  const [first] = await barsBetween(db, eth.id, '1h', range);
  expect(first).toMatchObject({ high: '999', missing: 0, state: 'corrected', volume: '0.06' });
  const fives = await barsBetween(db, eth.id, '5m', range);
  expect(fives.map(({ state }) => state)).toEqual(
    fives.map(({ openTime }) => (openTime === MIDNIGHT + 5 * MINUTE ? 'corrected' : 'closed')),
  );
});
