import { type Bar, instrumentId } from '@ballast/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { recentBars, saveBars } from '../src/queries/market-data.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');

function bar(minute: number, change: Partial<Bar> = {}): Bar {
  return {
    instrument: BTC,
    timeframe: '1m',
    openTime: minute * 60_000,
    open: '50000.1',
    high: '50001.123456789012345678',
    low: '49999.9',
    close: '50000.5',
    volume: '12.345',
    tradeCount: 42,
    state: 'closed',
    source: 'bybit',
    builtFrom: 'trades',
    missing: 0,
    ...change,
  };
}

describe('bars', () => {
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

  test('come back digit for digit, oldest first, the newest of them', async () => {
    await saveBars(db, [bar(3), bar(1), bar(2)]);
    expect(await recentBars(db, BTC, '1m', 2)).toEqual([bar(2), bar(3)]);
  });

  test("a bar built from trades is never replaced by the venue's", async () => {
    await saveBars(db, [bar(10, { builtFrom: 'venue', close: '1' })]);
    await saveBars(db, [bar(10, { close: '2' })]);
    await saveBars(db, [bar(10, { builtFrom: 'venue', close: '3' })]);
    await saveBars(db, [bar(10, { close: '4' })]);
    expect((await recentBars(db, BTC, '1m', 1))[0]).toEqual(bar(10, { close: '4' }));
  });

  test('a correction replaces our own bar, and stays; bars made from others are made anew', async () => {
    const corrected = bar(20, { builtFrom: 'venue', state: 'corrected', close: '2' });
    await saveBars(db, [bar(20, { close: '1' })]);
    await saveBars(db, [corrected]);
    await saveBars(db, [bar(20, { close: '3' })]);
    await saveBars(db, [bar(20, { builtFrom: 'venue', close: '4' })]);
    expect((await recentBars(db, BTC, '1m', 1))[0]).toEqual(corrected);
    const wide = { timeframe: '5m', builtFrom: 'bars' } as const;
    await saveBars(db, [bar(20, { ...wide, state: 'corrected', close: '1' })]);
    await saveBars(db, [bar(20, { ...wide, state: 'backfilled', close: '2' })]);
    expect((await recentBars(db, BTC, '5m', 1))[0]).toMatchObject({ close: '2' });
  });

  test('a bar and what corrects it may be stored together', async () => {
    const corrected = bar(30, { builtFrom: 'venue', state: 'corrected', close: '2' });
    await saveBars(db, [bar(30), bar(31), corrected, bar(30, { close: '3' })]);
    expect(await recentBars(db, BTC, '1m', 2)).toEqual([corrected, bar(31)]);
  });

  test('more rows than one statement takes', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => bar(100 + index));
    await saveBars(db, many);
    expect(await recentBars(db, BTC, '1m', 2_500)).toEqual(many);
  });
});
