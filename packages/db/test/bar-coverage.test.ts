import { instrumentId } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { beginCoverage, coverageOf, loadGaps, recordLook } from '../src/queries/bar-coverage.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const NOON = Date.UTC(2026, 6, 20, 12);
const of = { instrument: BTC, timeframe: '1m' } as const;
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

test('who comes second neither begins anew nor writes what it saw before', async () => {
  const minute = (count: number): number => NOON + count * 60_000;
  const gap = (count: number) => ({ from: minute(count), to: minute(count), bars: 1 });
  await beginCoverage(db, { ...of, fromTime: NOON });
  await beginCoverage(db, { ...of, fromTime: minute(-90) });
  const begun = { ...of, fromTime: NOON };
  expect(await coverageOf(db, BTC, '1m')).toEqual({ ...begun, checkedUntil: NOON });
  const first = { ...begun, was: NOON, checkedUntil: minute(9), gaps: [gap(3)], now: minute(10) };
  expect(await recordLook(db, first)).toBe(true);
  expect(await recordLook(db, { ...first, checkedUntil: minute(10) })).toBe(false);
  expect(await coverageOf(db, BTC, '1m')).toEqual({ ...begun, checkedUntil: minute(9) });
  const next = { ...first, was: minute(9), checkedUntil: minute(12), gaps: [gap(11)] };
  expect(await recordLook(db, next)).toBe(true);
  const gaps = await loadGaps(db, { ...of, from: 0, to: minute(60) });
  expect(gaps.map(({ fromTime }) => fromTime)).toEqual([minute(3), minute(11)]);
});
