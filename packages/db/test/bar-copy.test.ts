import { type Bar, formatScaled, instrumentId, parseScaled } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { readBarNumbers, storeHistory } from '../src/queries/bar-copy.ts';
import { recentBars } from '../src/queries/market-data.ts';

const MINUTE = 60_000;
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

function bar(symbol: string, minute: number, change: Partial<Bar> = {}): Bar {
  const price = String((10_000 + (minute % 50) * 5) / 100);
  return {
    ...{ instrument: instrumentId('bybit', 'linear', symbol), timeframe: '1m' },
    ...{ openTime: minute * MINUTE, open: price, high: price, low: price, close: price },
    ...{ volume: `${minute % 7}.001`, tradeCount: minute % 90, state: 'backfilled' },
    ...{ source: 'bybit', builtFrom: 'venue', missing: 0 },
    ...change,
  };
}

test('history is there once, however often and with whatever overlap it is stored', async () => {
  const bars = Array.from({ length: 5_000 }, (_, index) => bar('BTCUSDT', index));
  const ours = bar('BTCUSDT', 4_999, { builtFrom: 'trades', close: '1' });
  const whole = { replaced: 0, kept: 0 };
  expect(await storeHistory(db, bars.slice(0, 3_000))).toEqual({ ...whole, stored: 3_000 });
  await storeHistory(db, [ours]);
  expect(await storeHistory(db, bars)).toEqual({ stored: 5_000, replaced: 1, kept: 0 });
  expect(await storeHistory(db, bars)).toEqual({ ...whole, stored: 5_000 });
  const stored = await recentBars(db, bars[0]?.instrument ?? ours.instrument, '1m', 9_999);
  expect(stored).toHaveLength(5_000);
  const corrected = bar('BTCUSDT', 4_999, { state: 'corrected' });
  expect(stored).toEqual([...bars.slice(0, -1), corrected]);
});

test('a file replaces what is better only where it is told to', async () => {
  const bars = Array.from({ length: 10 }, (_, index) => bar('SOLUSDT', index));
  const file = bars.map((one) => ({ ...one, source: 'import' as const, volume: '77' }));
  await storeHistory(db, bars.slice(0, 3));
  expect(await storeHistory(db, file)).toEqual({ stored: 7, replaced: 0, kept: 3 });
  const again = await storeHistory(db, file, { replace: true });
  expect(again).toEqual({ stored: 10, replaced: 3, kept: 0 });
  const stored = await recentBars(db, instrumentId('bybit', 'linear', 'SOLUSDT'), '1m', 99);
  expect(stored).toEqual(file);
});

test('what is read is of the range alone, rising', async () => {
  const bars = Array.from({ length: 9_000 }, (_, index) => bar('ETHUSDT', index));
  await storeHistory(db, bars.toReversed());
  await storeHistory(db, [bar('BNBUSDT', 20)]);
  const { instrument } = bar('ETHUSDT', 0);
  const range = { instrument, timeframe: '1m', from: 10 * MINUTE, to: 8_500 * MINUTE } as const;
  const read = await readBarNumbers(db, range);
  const wanted = bars.slice(10, 8_501);
  expect([...read.openTime]).toEqual(wanted.map(({ openTime }) => openTime));
  expect([...read.volume]).toEqual(wanted.map(({ volume }) => Number(volume)));
});

test('numbers are the nearest float64 of what is stored, however it is cut', async () => {
  const texts = [
    ...[
      '0.000000000000000001',
      '123456789012345678.123456789',
      '0.1',
      '100000',
      '9007199254740993',
    ],
    ...[
      '99999.99999999',
      '1e-7',
      '20000',
      '0.30000000000000004',
      '4503599627370497.5',
      '0.267462001501136513',
    ],
  ].map((text) => formatScaled(parseScaled(Number(text) === 1e-7 ? '0.0000001' : text)));
  const bars = Array.from({ length: 70_000 }, (_, index) => {
    const text = texts[index % texts.length] ?? '1';
    return bar('XRPUSDT', index, { open: text, high: text, low: text, close: text, volume: text });
  });
  await storeHistory(db, bars);
  const [first] = bars;
  if (first === undefined) throw new Error('no bars');
  const range = { instrument: first.instrument, timeframe: '1m', from: 0, to: 1e12 } as const;
  const counts: number[] = [];
  const read = await readBarNumbers(db, range, (rows) => counts.push(rows));
  expect(counts.at(-1)).toBe(70_000);
  const wanted = bars.map(({ open }) => Number(open));
  expect([...read.openTime]).toEqual(bars.map(({ openTime }) => openTime));
  for (const column of [read.open, read.high, read.low, read.close, read.volume]) {
    expect(column.every((value, index) => value === wanted[index])).toBe(true);
  }
  const odd = `UPDATE bars SET close = 'NaN', low = -2.5 WHERE instrument = '${first.instrument}'
    AND open_time = 60000`;
  await queryOnce(database.ownerUrl, odd);
  const broken = await readBarNumbers(db, range);
  expect([broken.low[1], broken.close[1], broken.close[2]]).toEqual([-2.5, NaN, 0.1]);
  const stop = () => {
    throw new Error('enough');
  };
  await expect(readBarNumbers(db, range, stop)).rejects.toThrow('enough');
  expect((await readBarNumbers(db, range)).close, 'the pool is whole').toHaveLength(70_000);
});
