import { type Bar, instrumentId } from '@ballast/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { barsBetween, recentBars, saveBars } from '../src/queries/market-data.ts';

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
  let fresh = 0;
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

  const stored = async (timeframe: Bar['timeframe'] = '1m'): Promise<Bar | undefined> =>
    (await recentBars(db, BTC, timeframe, 1))[0];
  const venue = { builtFrom: 'venue', state: 'backfilled' } as const;
  const file = { builtFrom: 'venue', state: 'backfilled', source: 'import' } as const;
  const late = { state: 'corrected' } as const;

  test.each<[string, Partial<Bar>, Partial<Bar>, Partial<Bar> | null]>([
    ["the venue's own corrects ours", {}, venue, { ...venue, state: 'corrected' }],
    ["the venue's own corrects a late one", late, venue, { ...venue, state: 'corrected' }],
    ["the venue's own corrects itself", venue, venue, { ...venue, state: 'corrected' }],
    ["ours does not replace the venue's", venue, {}, null],
    ["a late one does not replace the venue's", venue, late, null],
    ['a late one corrects ours', {}, late, late],
    ['a second one of ours corrects the first', {}, {}, late],
    ["so does a second one of the venue's", venue, { builtFrom: 'venue' }, { ...venue, ...late }],
    ["another source's corrects none", {}, { ...venue, source: 'alpaca' }, null],
    ["another source's of the same kind neither", {}, { source: 'alpaca' }, null],
    ["a file does not replace the venue's", venue, file, null],
    ['a file does not replace ours', {}, file, null],
    ['a later file replaces a file', file, file, file],
    ["the venue's own replaces a file's", file, venue, venue],
    ["ours replaces a file's", file, {}, {}],
  ])('%s', async (_what, before, then, expected) => {
    const minute = 10 + fresh++;
    await saveBars(db, [bar(minute, { ...before, close: '1' })]);
    await saveBars(db, [bar(minute, { ...then, close: '2' })]);
    const kept = expected === null ? { ...before, close: '1' } : { ...expected, close: '2' };
    expect(await stored()).toEqual(bar(minute, kept));
  });

  test('equal numbers change nothing', async () => {
    await saveBars(db, [bar(40)]);
    await saveBars(db, [bar(40, { ...venue, tradeCount: 0 })]);
    expect(await stored()).toEqual(bar(40));
  });

  test('what was told before a correction and comes late undoes nothing', async () => {
    const corrected = bar(50, { builtFrom: 'venue', state: 'corrected', close: '2' });
    await saveBars(db, [bar(50, { close: '1' })]);
    await saveBars(db, [corrected]);
    await saveBars(db, [bar(50, { close: '3' })]);
    await saveBars(db, [bar(50, { builtFrom: 'venue', close: '4' })]);
    expect(await stored()).toEqual(corrected);
  });

  test('bars made of others are made anew, and not of fewer minutes', async () => {
    const made = { timeframe: '5m', builtFrom: 'bars' } as const;
    await saveBars(db, [bar(20, { ...made, state: 'corrected', close: '1' })]);
    await saveBars(db, [bar(20, { ...made, state: 'backfilled', close: '2' })]);
    expect(await stored('5m')).toMatchObject({ close: '2' });
    await saveBars(db, [bar(20, { ...made, close: '3', missing: 1 })]);
    expect(await stored('5m')).toMatchObject({ close: '2' });
    await saveBars(db, [bar(20, { ...file, timeframe: '5m', close: '4' })]);
    expect(await stored('5m'), 'a file knows no better').toMatchObject({ close: '2' });
    await saveBars(db, [bar(20, { ...venue, timeframe: '5m', close: '5' })]);
    await saveBars(db, [bar(20, { ...made, close: '6' })]);
    expect(await stored('5m')).toMatchObject({ close: '5', state: 'corrected' });
    await saveBars(db, [bar(25, { ...made, close: '1', missing: 2 })]);
    await saveBars(db, [bar(25, { ...file, timeframe: '5m', close: '2' })]);
    expect(await stored('5m'), 'a file fills').toMatchObject({ close: '2', source: 'import' });
  });

  test('a bar and what corrects it may be stored together', async () => {
    const corrected = bar(30, { builtFrom: 'venue', state: 'corrected', close: '2' });
    await saveBars(db, [bar(30), bar(31), corrected, bar(30, { close: '3' })]);
    const both = { from: 30 * 60_000, to: 31 * 60_000 };
    expect(await barsBetween(db, BTC, '1m', both)).toEqual([corrected, bar(31)]);
  });

  test('more rows than one statement takes', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => bar(100 + index));
    await saveBars(db, many);
    expect(await recentBars(db, BTC, '1m', 2_500)).toEqual(many);
  });
});
