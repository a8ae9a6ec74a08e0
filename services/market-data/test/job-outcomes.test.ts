import { randomUUID } from 'node:crypto';
import {
  barsBetween,
  changeDataJob,
  claimDataJob,
  type Database,
  type DataJob,
  findDataJob,
  LEFT_BEHIND_MAX,
  loadGaps,
  openDatabase,
  recordJobPage,
  requeueAbandoned,
  saveBars,
} from '@ballast/db';
import { type Bar, type Instrument, InvalidInput } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { runBackfill } from '../src/jobs/backfill-work.ts';
import { createJobHandlers } from '../src/jobs/job-commands.ts';
import { createJobRunner } from '../src/jobs/job-runner.ts';
import type { KeptBars } from '../src/sources/kept-bars.ts';
import { instrumentOf, keptBy, MIDNIGHT, MINUTE } from './kept-bars.fixture.ts';

const PAGE = 1_000 * MINUTE;
const NOW = MIDNIGHT + 16 * PAGE;
const log = createLogger('test', 'silent');
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

async function jobOf(id: string): Promise<DataJob> {
  const job = await findDataJob(db, id);
  if (job === null) throw new Error(`no job ${id}`);
  return job;
}

/** A job of the first thousand minutes, as the operator asks for it. */
async function asked(instrument: Instrument, kept: KeptBars): Promise<string> {
  const handlers = createJobHandlers({
    ...{ db, instruments: () => [instrument], historyOf: () => kept, importDir: '/nowhere' },
  });
  const jobId = randomUUID();
  const range = { from: MIDNIGHT, to: MIDNIGHT + PAGE };
  const body = { jobId, instrument: instrument.id, timeframe: '1m', reason: 'test', ...range };
  const command = { type: 'startBackfill', actor: 'test', body } as never;
  expect(await db.transaction((tx) => handlers.startBackfill(command, tx, NOW))).toBeNull();
  return jobId;
}

function runnerOf(instrument: Instrument, kept: KeptBars, failure?: Error) {
  return createJobRunner({
    ...{ db, now: () => NOW, log, findInstrument: async () => instrument },
    work: {
      backfill: async (run) => {
        if (failure !== undefined) throw failure;
        await runBackfill({ db, historyOf: () => kept, isWatched: () => true }, run);
      },
      import: () => Promise.reject(new Error('nobody asked for it')),
    },
  });
}

async function backfilled(instrument: Instrument, kept: KeptBars): Promise<DataJob> {
  const id = await asked(instrument, kept);
  expect(await runnerOf(instrument, kept).run(id)).toBe('over');
  const job = await jobOf(id);
  expect(job.status).toBe('done');
  return job;
}

test('what one exchange has not is unheard, until one that hears all of them is asked', async () => {
  const instrument = instrumentOf('ALGOUSDT');
  const outcomes = async () => {
    const gaps = await loadGaps(db, { instrument: instrument.id, from: 0, to: NOW });
    return gaps.map(({ timeframe, bars, outcome }) => [timeframe, bars, outcome]);
  };
  const bring = (lacking: number, hearsAll: boolean) => {
    const lacks = (time: number): boolean => time < MIDNIGHT + lacking * MINUTE;
    return backfilled(
      instrument,
      keptBy(instrument, () => undefined, lacks, hearsAll),
    );
  };
  await bring(10, false);
  expect(await outcomes()).toEqual([
    ['1m', 10, 'unheard'],
    ['5m', 2, 'unheard'],
  ]);
  await bring(7, false);
  expect(await outcomes()).toEqual([
    ['1m', 7, 'unheard'],
    ['5m', 1, 'unheard'],
  ]);
  await bring(7, true);
  expect(await outcomes()).toEqual([
    ['1m', 7, 'empty'],
    ['5m', 1, 'empty'],
  ]);
  await bring(3, false);
  expect(await outcomes(), 'what comes after all is not empty any more').toEqual([
    ['1m', 3, 'empty'],
  ]);
});

test('what was made of trades and differs is corrected, and told; not what another source built', async () => {
  const instrument = instrumentOf('ATOMUSDT');
  const built = (minute: number, change: Partial<Bar>): Bar => ({
    ...{ instrument: instrument.id, timeframe: '1m', openTime: MIDNIGHT + minute * MINUTE },
    ...{ open: '1', high: '2', low: '1', close: '2', volume: '3', tradeCount: 4 },
    ...{ state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0 },
    ...change,
  });
  await saveBars(db, [
    built(0, {}),
    built(1, { high: '7' }),
    built(2, { high: '7', source: 'finnhub' }),
    built(3, { high: '7', source: 'import', builtFrom: 'venue', state: 'backfilled' }),
  ]);
  const { barsStored, input } = await backfilled(
    instrument,
    keptBy(instrument, () => undefined),
  );
  expect({ barsStored, ...input }).toMatchObject({ barsStored: 999, barsReplaced: 2, barsKept: 1 });
  const range = { from: MIDNIGHT, to: MIDNIGHT + 3 * MINUTE };
  const stored = await barsBetween(db, instrument.id, '1m', range);
  expect(stored.map(({ state, high, builtFrom }) => [state, high, builtFrom])).toEqual([
    ['closed', '2', 'trades'],
    ['corrected', '2', 'venue'],
    ['closed', '7', 'trades'],
    ['backfilled', '2', 'venue'],
  ]);
});

test('a job whose process ends again and again is given up, and can be resumed', async () => {
  const instrument = instrumentOf('NEARUSDT');
  const kept = keptBy(instrument, () => undefined);
  const [id, otherId] = [await asked(instrument, kept), await asked(instrument, kept)];
  const left = { running: [], letGo: [otherId] };
  const leave = async () => {
    expect((await claimDataJob(db, id, NOW))?.status).toBe('running');
    await claimDataJob(db, otherId, NOW);
    return requeueAbandoned(db, left, NOW);
  };
  for (let time = 1; time < LEFT_BEHIND_MAX; time += 1) {
    expect(await leave()).toEqual({ queued: 1, failed: 0 });
  }
  // A page in between begins the count anew.
  await claimDataJob(db, id, NOW);
  const page = { doneUntil: MIDNIGHT, barsStored: 0, barsReplaced: 0, barsKept: 0 };
  expect(await recordJobPage(db, id, page, NOW)).toBe(true);
  for (let time = 1; time < LEFT_BEHIND_MAX; time += 1) {
    expect(await requeueAbandoned(db, left, NOW)).toEqual({ queued: 1, failed: 0 });
    await claimDataJob(db, id, NOW);
  }
  expect(await requeueAbandoned(db, left, NOW)).toEqual({ queued: 0, failed: 1 });
  expect(await jobOf(id)).toMatchObject({
    ...{ status: 'failed', endedAt: NOW, error: expect.stringMatching(/^JOB_LEFT_BEHIND: /) },
  });
  // Of the other one it was known each time that its process goes on.
  expect(await jobOf(otherId)).toMatchObject({ status: 'queued', error: null });
  await changeDataJob(db, id, ['failed'], { status: 'queued', updatedAt: NOW });
  await runnerOf(instrument, kept).run(id);
  expect(await jobOf(id)).toMatchObject({ status: 'done', barsStored: 1_000 });
});

test.each([
  ['a NUL', '1,2\0,3', '1,2\ufffd,3'],
  ['what a terminal would obey', '1,2\u001b[31m,3', '1,2\ufffd[31m,3'],
  ['lines', '1\n  2', '1 2'],
])('a job that fails over a text with %s in it is told as failed', async (_what, quoted, told) => {
  const instrument = instrumentOf('QNTUSDT');
  const kept = keptBy(instrument, () => undefined);
  const id = await asked(instrument, kept);
  const failure = new InvalidInput('IMPORT_ROWS', `row 1: PRICE_INVALID (${quoted})`);
  expect(await runnerOf(instrument, kept, failure).run(id)).toBe('over');
  expect(await jobOf(id)).toMatchObject({
    ...{ status: 'failed', error: `IMPORT_ROWS: row 1: PRICE_INVALID (${told})` },
  });
});

test('a job that the database could not store for names its reason, not the statement', async () => {
  const instrument = instrumentOf('RUNEUSDT');
  const kept = keptBy(instrument, () => undefined);
  const id = await asked(instrument, kept);
  const refused = changeDataJob(db, id, ['queued'], { error: 'a\0b', updatedAt: NOW });
  const failure = await refused.catch((error: unknown) => error);
  if (!(failure instanceof Error)) throw new Error('the database kept a NUL');
  expect(await runnerOf(instrument, kept, failure).run(id)).toEqual({ again: 1 });
  expect(await jobOf(id)).toMatchObject({
    ...{ status: 'queued', error: '22021: invalid byte sequence for encoding "UTF8": 0x00' },
  });
});
