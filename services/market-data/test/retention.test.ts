import { randomUUID } from 'node:crypto';
import {
  addDataJob,
  barsBetween,
  changeDataJob,
  type Database,
  loadQualityRecords,
  openDatabase,
  saveBars,
  saveMicrostructure,
  saveQualityRecords,
} from '@ballast/db';
import { type Bar, instrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { parseKeptMonths } from '../src/retention/kept-months.ts';
import { startRetention } from '../src/retention/retention-watch.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const [MAY, JULY] = [Date.UTC(2026, 4, 20), Date.UTC(2026, 6, 20)];
const log = createLogger('market-data-test', 'silent');
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

const bar = (openTime: number): Bar => ({
  ...{ instrument: BTC, timeframe: '1m', openTime, open: '1', high: '1', low: '1', close: '1' },
  ...{ volume: '1', tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'trades' },
  missing: 0,
});

test('what is older than the named months goes, and nothing else', async () => {
  await saveBars(db, [bar(MAY), bar(JULY)]);
  const point = { instrument: BTC, kind: 'open-interest', value: '1', source: 'venue' } as const;
  await saveMicrostructure(
    db,
    [MAY, JULY].map((at) => ({ ...point, at, knownAt: at })),
    JULY,
  );
  const record = {
    ...{ rule: 'CROSSED_QUOTE', source: 'bybit', fromTime: MAY, toTime: MAY, count: 1 },
    evidence: {},
  };
  const records = Array.from({ length: 10_001 }, (_, index) => {
    return { ...record, instrument: `bybit.linear:X${index}`, foundAt: MAY };
  });
  for (let start = 0; start < records.length; start += 5_000) {
    await saveQualityRecords(db, records.slice(start, start + 5_000));
  }
  await saveQualityRecords(db, [{ ...record, instrument: BTC, foundAt: JULY }]);
  const watch = startRetention({
    ...{ db, log, now: () => JULY + 86_400_000 },
    kept: parseKeptMonths('1m:1'),
    microstructureMonths: 1,
    qualityMonths: 1,
  });
  await vi.waitFor(() => {
    expect(watch.counts).toEqual({
      ...{ barsTrimmed: 1, monthsTrimmed: 1, recordsTrimmed: 10_001, failedTrims: 0 },
    });
  });
  await watch.stop();
  const kept = await barsBetween(db, BTC, '1m', { from: 0, to: JULY });
  expect(kept.map(({ openTime }) => openTime)).toEqual([JULY]);
  const left = await loadQualityRecords(db, { since: 0 }, 10);
  expect(left.map(({ foundAt }) => foundAt)).toEqual([JULY]);
});

test('old bars that a job still brings go when it has ended: wide ones are made of them', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  await saveBars(db, [bar(MAY)]);
  const job = {
    ...({ id: randomUUID(), kind: 'import', origin: 'manual', instrument: BTC } as const),
    ...({ timeframe: '1m', fromTime: MAY, toTime: JULY, input: {} } as const),
    ...{ barsExpected: 1, actor: 'anna', reason: 'test' },
  };
  await addDataJob(db, job, JULY);
  const info = vi.fn();
  const watch = startRetention({
    ...{ db, log: Object.assign(Object.create(log), { info }), now: () => JULY + 86_400_000 },
    ...{ kept: parseKeptMonths('1m:1'), microstructureMonths: null, qualityMonths: 1 },
  });
  const waits = [expect.objectContaining({ job: job.id }), expect.stringContaining('has ended')];
  await vi.waitFor(() => expect(info).toHaveBeenCalledExactlyOnceWith(...waits));
  expect(await barsBetween(db, BTC, '1m', { from: 0, to: MAY })).toHaveLength(1);
  await changeDataJob(db, job.id, ['queued'], { status: 'done', updatedAt: JULY });
  await vi.waitFor(() => {
    vi.advanceTimersByTime(3_600_000);
    expect(watch.counts).toMatchObject({ barsTrimmed: 1, failedTrims: 0 });
  });
  await watch.stop();
  expect(await barsBetween(db, BTC, '1m', { from: 0, to: MAY })).toEqual([]);
});
