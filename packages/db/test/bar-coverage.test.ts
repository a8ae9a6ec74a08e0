import { instrumentId } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import {
  beginCoverage,
  coverageOf,
  endGap,
  loadGaps,
  recordLook,
} from '../src/queries/bar-coverage.ts';

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

test('of a stock that is seldom traded each second minute may be a gap of its own', async () => {
  const thin = {
    instrument: instrumentId('us', 'equity', 'THIN'),
    timeframe: '1m',
  } as const;
  const holes = Array.from({ length: 15_000 }, (_, index) => {
    const at = NOON + index * 120_000;
    return { from: at, to: at, bars: 1 };
  });
  const until = NOON + 30_000 * 60_000;
  const known = { ...thin, fromTime: NOON, checkedUntil: until, now: until };
  const whole = { from: NOON, to: until - 60_000, bars: 30_000 };
  await recordLook(db, { ...known, gaps: [whole] });
  const [gap] = await loadGaps(db, { ...thin, from: 0, to: until });
  if (gap === undefined) throw new Error('the gap was not written');
  await endGap(db, gap, { rest: holes, now: until });
  const rest = await loadGaps(db, { ...thin, from: 0, to: until });
  expect(rest.map(({ fromTime, toTime, bars }) => ({ from: fromTime, to: toTime, bars }))).toEqual(
    holes,
  );
});
