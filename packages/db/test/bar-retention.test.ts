import { randomUUID } from 'node:crypto';
import { type Bar, instrumentId, type Timeframe } from '@ballast/domain';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { coverageOf, loadGaps, recordLook } from '../src/queries/bar-coverage.ts';
import { trimBars } from '../src/queries/bar-retention.ts';
import { addDataJob, changeDataJob, jobReachingBefore } from '../src/queries/data-jobs.ts';
import { barsBetween, saveBars } from '../src/queries/market-data.ts';
import { replacedBars } from '../src/queries/read-only/bar-corrections.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const [MAY, JUNE, JULY] = [Date.UTC(2026, 4, 1), Date.UTC(2026, 5, 1), Date.UTC(2026, 6, 1)];
const NOW = Date.UTC(2026, 6, 20);
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

function bar(timeframe: Timeframe, openTime: number): Bar {
  return {
    ...{ instrument: BTC, timeframe, openTime, open: '1', high: '1', low: '1', close: '1' },
    ...{ volume: '1', tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'trades' },
    missing: 0,
  };
}

const kept = async (timeframe: Timeframe): Promise<number[]> => {
  const bars = await barsBetween(db, BTC, timeframe, { from: 0, to: NOW });
  return bars.map(({ openTime }) => openTime);
};

async function partitions(): Promise<string[]> {
  const { rows } = await db.execute<{ name: string }>(
    sql`SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
      WHERE inhparent = 'bars'::regclass ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

test('whole months of one timeframe go, with their partition where nothing else is in it', async () => {
  await saveBars(db, [bar('1m', MAY), bar('1m', JUNE), bar('1d', JUNE), bar('1m', JULY)]);
  const look = { instrument: BTC, timeframe: '1m', fromTime: MAY, checkedUntil: NOW } as const;
  const gaps = [{ from: MAY + 60_000, to: MAY + 120_000, bars: 2 }];
  await recordLook(db, { ...look, gaps, now: NOW });

  const middle = JULY + 10 * 86_400_000;
  expect(await trimBars(db, { timeframe: '1m', before: middle, now: NOW })).toBe(2);
  expect(await kept('1m')).toEqual([JULY]);
  expect(await kept('1d')).toEqual([JUNE]);
  expect(await partitions()).toEqual(['bars_2026_06', 'bars_2026_07']);
  expect(await coverageOf(db, BTC, '1m')).toMatchObject({ fromTime: JULY, checkedUntil: NOW });
  expect(await loadGaps(db, { from: 0, to: NOW })).toEqual([]);
});

test('a month that is gone can be stored again', async () => {
  await saveBars(db, [bar('1m', MAY)]);
  expect(await kept('1m')).toEqual([MAY, JULY]);
  expect(await trimBars(db, { timeframe: '1m', before: JULY, now: NOW })).toBe(1);
  await saveBars(db, [bar('1m', MAY)]);
  expect(await kept('1m')).toEqual([MAY, JULY]);
});

test('what bars said before they were corrected goes with them', async () => {
  const other = { high: '2', state: 'corrected' } as const;
  await saveBars(
    db,
    [MAY, JULY].map((at) => ({ ...bar('1m', at), ...other })),
  );
  await saveBars(db, [{ ...bar('1d', JUNE), ...other }]);
  const of = { instrument: BTC, from: 0, to: NOW };
  const [before, now] = [{ ...bar('1m', JULY) }, Date.now()];
  const minutes = await replacedBars(db, { ...of, timeframe: '1m' });
  expect(minutes.map((one) => one.bar)).toEqual([bar('1m', MAY), before]);
  for (const { replacedAt } of minutes) expect(Math.abs(now - replacedAt)).toBeLessThan(60_000);
  await trimBars(db, { timeframe: '1m', before: JULY, now: NOW });
  expect(await replacedBars(db, { ...of, timeframe: '1m' })).toMatchObject([{ bar: before }]);
  expect(await replacedBars(db, { ...of, timeframe: '1d' })).toMatchObject([
    { bar: bar('1d', JUNE) },
  ]);
  await saveBars(db, [bar('1m', MAY)]);
});

test('they go in parts: what a month of many instruments holds takes longer than one may', async () => {
  const others = ['ETHUSDT', 'SOLUSDT'].map((name) => instrumentId('bybit', 'linear', name));
  const of = [BTC, ...others].flatMap((instrument) =>
    [bar('1m', MAY), bar('1m', MAY + 60_000), bar('1d', MAY), bar('1m', JUNE)].map((one) => {
      return { ...one, instrument };
    }),
  );
  await saveBars(db, [...of, bar('1d', JUNE)]);
  const first = sql`SELECT trim_bars('1m', ${JULY}, 1) AS bars`;
  const { rows } = await db.execute<{ bars: string }>(first);
  expect(rows, 'those of one instrument').toEqual([{ bars: '2' }]);
  const trim = { timeframe: '1m', before: JULY, now: NOW, atOnce: 2 } as const;
  let parts = 0;
  expect(await trimBars(db, trim, () => (parts += 1) > 1), 'one part').toBe(2);
  expect(await trimBars(db, trim)).toBe(5);
  const range = { from: 0, to: NOW };
  for (const instrument of others) {
    expect(await barsBetween(db, instrument, '1m', range)).toEqual([]);
    expect(await barsBetween(db, instrument, '1d', range)).toHaveLength(1);
  }
  expect(await kept('1m')).toEqual([JULY]);
  expect(await trimBars(db, { ...trim, timeframe: '1d' })).toBe(4);
  expect(await partitions()).toEqual(['bars_2026_07']);
  await saveBars(db, [bar('1m', MAY)]);
});

test('what a job brings of that time while they go does not count as looked at', async () => {
  await trimBars(db, { timeframe: '1m', before: JULY, now: NOW });
  const look = { instrument: BTC, timeframe: '1m', fromTime: MAY, checkedUntil: NOW } as const;
  await saveBars(db, [bar('1m', MAY)]);
  const other = openDatabase(database.urls['market-data']);
  const partitionLock = await other.pool.connect();
  await partitionLock.query('SELECT pg_advisory_lock(7230113)');
  const trimmed = trimBars(db, { timeframe: '1m', before: JULY, now: NOW });
  const waiting = sql`SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`;
  await vi.waitUntil(async () => (await db.execute(waiting)).rows.length > 0, 10_000);
  await saveBars(db, [bar('1m', MAY + 60_000)]);
  await recordLook(db, { ...look, gaps: [], now: NOW });
  await partitionLock.query('SELECT pg_advisory_unlock(7230113)');
  partitionLock.release();
  await other.close();
  expect(await trimmed).toBe(2);
  expect(await coverageOf(db, BTC, '1m')).toMatchObject({ fromTime: JULY, checkedUntil: NOW });
  await saveBars(db, [bar('1m', MAY)]);
});

test('a look that was under way while they went does not make them wanted again', async () => {
  const eth = instrumentId('bybit', 'linear', 'ETHUSDT');
  const track = { instrument: eth, timeframe: '1m', fromTime: MAY, checkedUntil: NOW } as const;
  await recordLook(db, { ...track, gaps: [], now: NOW });
  await trimBars(db, { timeframe: '1m', before: JULY, now: NOW });
  const checkedUntil = NOW + 60_000;
  expect(await recordLook(db, { ...track, was: NOW, checkedUntil, gaps: [], now: NOW })).toBe(true);
  expect(await coverageOf(db, eth, '1m')).toMatchObject({ fromTime: JULY, checkedUntil });
  await saveBars(db, [bar('1m', MAY)]);
});

test('a month stays for what any instrument has of any other timeframe, longer or shorter', async () => {
  const eth = instrumentId('bybit', 'linear', 'ETHUSDT');
  const minute = { ...bar('1m', JUNE), instrument: eth };
  await saveBars(db, [bar('1d', JUNE), minute]);
  expect(await trimBars(db, { timeframe: '1d', before: JULY, now: NOW })).toBe(1);
  expect(await kept('1d')).toEqual([]);
  expect(await barsBetween(db, eth, '1m', { from: 0, to: NOW })).toEqual([minute]);
  expect(await trimBars(db, { timeframe: '1m', before: JULY, now: NOW })).toBe(2);
  await saveBars(db, [bar('1m', MAY)]);
});

test('nothing to let go is no fault', async () => {
  expect(await trimBars(db, { timeframe: '1w', before: MAY, now: NOW })).toBe(0);
  expect(await kept('1m')).toEqual([MAY, JULY]);
});

test.each([
  ['queued', true],
  ['running', true],
  ['paused', true],
  ['failed', false],
  ['done', false],
  ['cancelled', false],
] as const)('a job that is %s and reaches into the time to go holds it: %s', async (status, is) => {
  const id = randomUUID();
  const job = {
    ...({ id, kind: 'backfill', origin: 'manual', instrument: BTC, timeframe: '1h' } as const),
    ...{ fromTime: JUNE, toTime: JULY, input: {}, barsExpected: 1, actor: 'anna', reason: 'x' },
  };
  await addDataJob(db, job, NOW);
  await changeDataJob(db, id, ['queued'], { status, updatedAt: NOW });
  expect(await jobReachingBefore(db, JULY)).toBe(is ? id : null);
  expect(await jobReachingBefore(db, JUNE), 'it begins there').toBeNull();
  await changeDataJob(db, id, [status], { status: 'done', updatedAt: NOW });
});
