import { type Database, openDatabase, saveInstruments, storeHistory } from '@ballast/db';
import {
  type Bar,
  type Instrument,
  instrumentId,
  parseQuantity,
  parseScaled,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { regimeThen } from '../src/stored/known-then.ts';

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2024, 0, 1);
const STEP = TIMEFRAME_MS['4h'];
const ROWS = 1_000;
const BTC: Instrument = {
  id: instrumentId('bybit', 'linear', 'BTCUSDT'),
  ...{ baseCurrency: 'BTC', quoteCurrency: 'USDT', sector: null, session: 'continuous' },
  ...{ tickSize: parseScaled('0.1'), lotSize: parseScaled('0.001') },
  ...{ minQuantity: parseQuantity('0.001'), maxQuantity: parseQuantity('1000') },
  ...{ minNotional: parseScaled('5'), multiplier: parseScaled('1') },
};

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls.backtester, { max: 1 });
  const marketData = openDatabase(database.urls['market-data'], { max: 1 });
  await saveInstruments(marketData, [BTC], BEGIN);
  await storeHistory(
    marketData,
    Array.from({ length: ROWS }, (_, row) => barOf(row)),
  );
  await marketData.close();
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

function barOf(row: number): Bar {
  const price = String(10_000 + (row % 50));
  return {
    ...{ instrument: BTC.id, timeframe: '4h', openTime: BEGIN + row * STEP, open: price },
    ...{ high: price, low: price, close: price, volume: '1', tradeCount: 1 },
    ...{ state: 'backfilled', source: 'bybit', builtFrom: 'venue', missing: 0 },
  };
}

test('a regime that nobody noted is made up to the last close, whenever it is asked', async () => {
  const to = BEGIN + 900 * STEP + 2 * HOUR;
  const stretch = { from: to - 100 * HOUR, to, timeframe: '1h' } as const;
  const made = async (after: number) => {
    const known = await regimeThen(db, { ...stretch, asOf: to + after });
    return known.columns[0]?.knownAt ?? new Float64Array(0);
  };
  const soon = await made(2 * HOUR);
  expect(soon.at(-1)).toBe(BEGIN + 900 * STEP);
  expect(await made(24 * HOUR)).toEqual(soon);
});

test('the regime is made up to what the last bar decides on, also where that is a wide one', async () => {
  const to = BEGIN + 900 * STEP + 1;
  const asked = { from: to - 20 * STEP, to, timeframe: '1d', asOf: to + 10 * 24 * HOUR } as const;
  const { columns } = await regimeThen(db, asked);
  expect(columns[0]?.knownAt.at(-1)).toBe(BEGIN + 906 * STEP);
});
