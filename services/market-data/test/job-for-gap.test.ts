import { randomUUID } from 'node:crypto';
import {
  type Database,
  listDataJobs,
  loadGaps,
  openDatabase,
  recordLook,
  saveBars,
} from '@ballast/db';
import type { Bar } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { jobForGap } from '../src/jobs/job-for-gap.ts';
import { instrumentOf, MIDNIGHT, MINUTE } from './kept-bars.fixture.ts';

const FOUND = MIDNIGHT + 1_000 * MINUTE;
const NOW = MIDNIGHT + 16_000 * MINUTE;
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

test.each([
  ['TRXUSDT', 'venue', 500],
  // Its last trades may be lost: it is asked for with the gap.
  ['TONUSDT', 'trades', 499],
] as const)(
  '%s: a large gap becomes one job, a small one none',
  async (symbol, builtFrom, first) => {
    const instrument = instrumentOf(symbol);
    const look = { instrument: instrument.id, timeframe: '1m', now: FOUND } as const;
    const gap = (from: number, bars: number) => ({
      ...{ from: MIDNIGHT + from * MINUTE, to: MIDNIGHT + (from + bars - 1) * MINUTE, bars },
    });
    const gaps = [gap(0, 240), gap(500, 500)];
    await recordLook(db, { ...look, fromTime: MIDNIGHT, checkedUntil: FOUND, gaps });
    const before: Bar = {
      ...{ instrument: instrument.id, timeframe: '1m', openTime: MIDNIGHT + 499 * MINUTE },
      ...{ open: '1', high: '1', low: '1', close: '1', volume: '1', tradeCount: 1 },
      ...{ state: 'closed', source: 'bybit', builtFrom, missing: 0 },
    };
    await saveBars(db, [before]);
    const rows = await loadGaps(db, { instrument: instrument.id, from: 0, to: NOW });
    const make = (now: number) =>
      Promise.all(rows.map((row) => jobForGap(db, instrument, row, { now, jobId: randomUUID() })));
    expect(await make(NOW)).toEqual([false, true]);
    // The bar may be the venue's by then.
    await saveBars(db, [{ ...before, volume: '2', builtFrom: 'venue', state: 'backfilled' }]);
    expect(await make(NOW)).toEqual([false, true]);
    const made = (await listDataJobs(db, 100)).filter((job) => job.instrument === instrument.id);
    expect(made).toMatchObject([
      {
        ...{ origin: 'reconnect', status: 'queued', actor: 'market-data' },
        ...{ barsExpected: 1_000 - first, fromTime: MIDNIGHT + first * MINUTE, toTime: FOUND },
      },
    ]);
  },
);
