import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  barsBetween,
  changeDataJob,
  type Database,
  type DataJob,
  findDataJob,
  loadGaps,
  openDatabase,
  queuedDataJobs,
  saveInstruments,
} from '@ballast/db';
import { type Instrument, TIMEFRAMES } from '@ballast/domain';
import { FeedError } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import type { DataCommand, Refusal } from '../src/commands/command-handlers.ts';
import { createJobHandlers } from '../src/jobs/job-commands.ts';
import { type JobsOptions, startJobs } from '../src/jobs/start-jobs.ts';
import type { KeptBars } from '../src/sources/kept-bars.ts';
import { instrumentOf, keptBy, MIDNIGHT, MINUTE } from './kept-bars.fixture.ts';

const PAGE = 1_000 * MINUTE;
const ATTEMPTS_MAX = 3;
const NOW = MIDNIGHT + 16 * PAGE;
const log = createLogger('test', 'silent');
const CHILD = fileURLToPath(new URL('jobs-process.fixture.ts', import.meta.url));
let database: TestDatabase;
let redis: TestRedis;
let db: Database;
const started: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  db = openDatabase(database.urls['market-data']);
});
afterEach(async () => {
  for (const jobs of started.splice(0)) await jobs.stop();
  // What one test has left is not for the venue of the next.
  for (const { id } of await queuedDataJobs(db, 100)) {
    await changeDataJob(db, id, ['queued'], { status: 'cancelled', updatedAt: NOW });
  }
});
afterAll(async () => {
  await db.close();
  await Promise.all([database.drop(), redis.stop()]);
});

/** A venue whose pages leave one by one, as they are let go. */
function gatedVenue(symbol: string) {
  const instrument = instrumentOf(symbol);
  const asked: number[] = [];
  const gates: (() => void)[] = [];
  const state = { fault: null as string | null, isOpen: false };
  const kept = keptBy(instrument, async (from) => {
    asked.push((from - MIDNIGHT) / PAGE);
    if (state.fault !== null) throw new FeedError(state.fault, 'said so');
    if (state.isOpen) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    gates.push(resolve);
    await promise;
  });
  return { instrument, asked, state, kept, letGo: () => gates.shift()?.() };
}

function start(instrument: Instrument, kept: KeptBars, also: Partial<JobsOptions> = {}) {
  const options: JobsOptions = {
    ...{ db, redisUrl: redis.urls['market-data'], importDir: '/nowhere', now: () => NOW, log },
    instruments: () => [instrument],
    historyOf: () => kept,
    attemptsMax: ATTEMPTS_MAX,
    retryDelayMs: () => 5,
    tendEveryMs: 50,
    ...also,
  };
  const jobs = startJobs(options);
  started.push(jobs);
  const handlers = createJobHandlers(options);
  /** As the intake does: in a transaction, then told. */
  async function say(
    type: 'startBackfill' | 'pauseJob' | 'resumeJob' | 'cancelJob',
    body: object,
  ): Promise<Refusal | null> {
    const command = { type, actor: 'test', body } as unknown as DataCommand;
    const refusal = await db.transaction((tx) => {
      const handle = handlers[type] as (...args: unknown[]) => Promise<Refusal | null>;
      return handle(command, tx, NOW);
    });
    if (refusal === null) jobs.onTaken(command);
    return refusal;
  }
  async function backfill(pages: number, id: string = randomUUID()): Promise<string> {
    const range = { from: MIDNIGHT, to: MIDNIGHT + pages * PAGE };
    const what = { jobId: id, instrument: instrument.id, timeframe: '1m', reason: 'test' };
    expect(await say('startBackfill', { ...what, ...range })).toBeNull();
    return id;
  }
  return { jobs, say, backfill };
}

async function jobOf(id: string): Promise<DataJob> {
  const job = await findDataJob(db, id);
  if (job === null) throw new Error(`no job ${id}`);
  return job;
}

const until = (id: string, what: (job: DataJob) => unknown, value: unknown) =>
  expect.poll(async () => what(await jobOf(id)), { timeout: 15_000, interval: 20 }).toEqual(value);
const statusOf = ({ status }: DataJob): string => status;
const pagesOf = ({ doneUntil }: DataJob): number => (doneUntil - MIDNIGHT) / PAGE;

/** Every minute once, and each wider bar whole. */
async function expectWhole({ id }: Instrument, pages: number): Promise<void> {
  const range = { from: MIDNIGHT, to: MIDNIGHT + pages * PAGE - 1 };
  expect(await barsBetween(db, id, '1m', range)).toHaveLength(pages * 1_000);
  const hours = await barsBetween(db, id, '1h', range);
  expect(hours.map(({ missing }) => missing)).toEqual(
    Array.from({ length: Math.floor((pages * 1_000) / 60) }, () => 0),
  );
  const open = await loadGaps(db, { instrument: id, timeframe: '1m', from: 0, to: range.to });
  expect(open).toEqual([]);
}

test('goes from page to page, the oldest first, and says how far it is', async () => {
  const venue = gatedVenue('BTCUSDT');
  const { backfill, jobs } = start(venue.instrument, venue.kept);
  const id = await backfill(3);
  expect(await jobOf(id)).toMatchObject({ barsExpected: 3_000, barsStored: 0 });
  for (const page of [1, 2, 3]) {
    await expect.poll(() => venue.asked.length).toBe(page);
    expect(await jobOf(id)).toMatchObject({ status: 'running', barsStored: (page - 1) * 1_000 });
    venue.letGo();
    await until(id, pagesOf, page);
  }
  await until(id, statusOf, 'done');
  expect(await jobOf(id)).toMatchObject({ barsStored: 3_000, error: null, endedAt: NOW });
  expect(venue.asked).toEqual([0, 1, 2]);
  expect(jobs.counts).toMatchObject({ jobsDone: 1, jobsFailed: 0 });
  await expectWhole(venue.instrument, 3);
});

test('a pause holds at once, a resume goes on where it was, a cancel ends it', async () => {
  const venue = gatedVenue('ETHUSDT');
  const { backfill, say } = start(venue.instrument, venue.kept);
  const jobId = await backfill(4);
  const move = (type: 'pauseJob' | 'resumeJob' | 'cancelJob') => say(type, { jobId, reason: 'x' });
  await expect.poll(() => venue.asked.length).toBe(1);
  venue.letGo();
  await expect.poll(() => venue.asked.length).toBe(2);
  expect(await move('pauseJob')).toBeNull();
  // The page that is under way is let go, and nobody takes it.
  venue.letGo();
  await until(jobId, (job) => [job.status, pagesOf(job)], ['paused', 1]);
  expect(await move('pauseJob')).toMatchObject({ code: 'JOB_STATUS' });
  const range = { from: MIDNIGHT, to: NOW };
  const hours = () => barsBetween(db, venue.instrument.id, '1h', range);
  await expect.poll(async () => (await hours()).length, { timeout: 5_000 }).toBe(17);

  expect(await move('resumeJob')).toBeNull();
  await expect.poll(() => venue.asked, { timeout: 5_000 }).toEqual([0, 1, 1]);
  venue.letGo();
  await until(jobId, pagesOf, 2);
  expect(await move('cancelJob')).toBeNull();
  await until(jobId, (job) => [job.status, pagesOf(job), job.barsStored], ['cancelled', 2, 2_000]);
  expect(await move('resumeJob')).toMatchObject({ code: 'JOB_STATUS' });
  expect(await say('pauseJob', { jobId: randomUUID(), reason: 'x' })).toMatchObject({
    code: 'JOB_UNKNOWN',
  });
});

test('what the row says holds, also for a run that was not told', async () => {
  const venue = gatedVenue('DOTUSDT');
  const id = await start(venue.instrument, venue.kept).backfill(3);
  await expect.poll(() => venue.asked.length).toBe(1);
  await changeDataJob(db, id, ['running'], { status: 'cancelled', updatedAt: NOW });
  venue.state.isOpen = true;
  venue.letGo();
  const stored = () => barsBetween(db, venue.instrument.id, '1h', { from: MIDNIGHT, to: NOW });
  await expect.poll(async () => (await stored()).length, { timeout: 5_000 }).toBe(17);
  expect(await jobOf(id)).toMatchObject({ status: 'cancelled', doneUntil: MIDNIGHT });
  expect(venue.asked).toEqual([0]);
});

test.each([
  ['ATOMUSDT', 'before the next page has come', 'queued'],
  ['AVAXUSDT', 'while it waits', 'paused'],
] as const)('%s: a job that is cancelled %s is true for what was stored', async (...of) => {
  const [symbol, , status] = of;
  const venue = gatedVenue(symbol);
  const before = start(venue.instrument, venue.kept);
  const jobId = await before.backfill(3);
  await expect.poll(() => venue.asked.length).toBe(1);
  venue.letGo();
  await expect.poll(() => venue.asked.length).toBe(2);
  await before.jobs.stop();
  await until(jobId, (job) => [job.status, pagesOf(job)], ['queued', 1]);
  const range = { from: MIDNIGHT, to: NOW };
  const hours = () => barsBetween(db, venue.instrument.id, '1h', range);
  expect(await hours(), 'the process has ended before').toHaveLength(0);

  await changeDataJob(db, jobId, ['queued'], { status, updatedAt: NOW });
  const { say } = start(venue.instrument, venue.kept);
  if (status === 'queued') await expect.poll(() => venue.asked).toEqual([0, 1, 1]);
  expect(await say('cancelJob', { jobId, reason: 'x' })).toBeNull();
  await expect.poll(async () => (await hours()).length, { timeout: 5_000 }).toBe(17);
  expect(await jobOf(jobId)).toMatchObject({ status: 'cancelled', barsStored: 1_000 });
});

test('a venue that is away is asked again, so many times, and resumed by hand', async () => {
  const venue = gatedVenue('SOLUSDT');
  Object.assign(venue.state, { fault: 'HISTORY_UNREACHABLE', isOpen: true });
  const { backfill, say } = start(venue.instrument, venue.kept);
  const jobId = await backfill(2);
  await until(jobId, statusOf, 'failed');
  expect(await jobOf(jobId)).toMatchObject({
    attempts: ATTEMPTS_MAX,
    error: 'HISTORY_UNREACHABLE: said so',
    barsStored: 0,
  });
  expect(venue.asked).toHaveLength(ATTEMPTS_MAX);
  venue.state.fault = null;
  expect(await say('resumeJob', { jobId, reason: 'it is back' })).toBeNull();
  await until(jobId, statusOf, 'done');
  expect(await jobOf(jobId)).toMatchObject({ attempts: 0, error: null, barsStored: 2_000 });
});

test('a page in between begins the count of failures anew', async () => {
  const instrument = instrumentOf('UNIUSDT');
  let asked = 0;
  // Two before each of three pages: in all more than would end it in a row.
  const kept = keptBy(instrument, () => {
    asked += 1;
    if (asked % ATTEMPTS_MAX !== 0) throw new FeedError('HISTORY_UNREACHABLE', 'said so');
  });
  const { backfill, jobs } = start(instrument, kept);
  await until(await backfill(3), statusOf, 'done');
  expect(jobs.counts).toMatchObject({ jobsFailed: 0, failedAttempts: 6 });
});

test('a resume ends the wait for the next attempt', async () => {
  const venue = gatedVenue('LINKUSDT');
  Object.assign(venue.state, { fault: 'HISTORY_UNREACHABLE', isOpen: true });
  const { backfill, say } = start(venue.instrument, venue.kept, { retryDelayMs: () => 600_000 });
  const jobId = await backfill(1);
  await until(jobId, ({ status, attempts }) => [status, attempts], ['queued', 1]);
  venue.state.fault = null;
  expect(await say('pauseJob', { jobId, reason: 'x' })).toBeNull();
  expect(await say('resumeJob', { jobId, reason: 'x' })).toBeNull();
  await until(jobId, statusOf, 'done');
});

test('a venue that refuses is asked once', async () => {
  const venue = gatedVenue('XRPUSDT');
  venue.state.fault = 'HISTORY_SYMBOL_UNKNOWN';
  const id = await start(venue.instrument, venue.kept).backfill(2);
  await until(id, ({ status, attempts, error }) => [status, attempts, error], [
    'failed',
    1,
    'HISTORY_SYMBOL_UNKNOWN: said so',
  ]);
});

test('what the venue does not have is empty, across pages and in wide bars too', async () => {
  const instrument = instrumentOf('ADAUSDT');
  const lacks = (time: number): boolean => Math.abs(time - (MIDNIGHT + PAGE)) < 10 * MINUTE;
  const kept = keptBy(instrument, () => undefined, lacks);
  const id = await start(instrument, kept).backfill(2);
  await until(id, statusOf, 'done');
  expect(await jobOf(id)).toMatchObject({ barsExpected: 2_000, barsStored: 1_981 });
  for (const timeframe of TIMEFRAMES) {
    const gaps = await loadGaps(db, { instrument: instrument.id, timeframe, from: 0, to: NOW });
    const bars = { '1m': [19], '5m': [3] }[timeframe as string] ?? [];
    expect(gaps.map((gap) => [gap.bars, gap.outcome])).toEqual(bars.map((n) => [n, 'empty']));
  }
});

test('killed in the middle it goes on where it was: nothing twice, nothing missing', async () => {
  const instrument = instrumentOf('DOGEUSDT');
  await saveInstruments(db, [instrument], NOW);
  const urls = [database.urls['market-data'], redis.urls['market-data']];
  const child = spawn(process.execPath, [CHILD, ...urls, 'DOGEUSDT', '150'], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const venue = gatedVenue('DOGEUSDT');
  venue.state.isOpen = true;
  // Only its handlers: the job is the other process's.
  const handlers = createJobHandlers({
    ...{ db, instruments: () => [instrument], historyOf: () => venue.kept, importDir: '/nowhere' },
  });
  const jobId = randomUUID();
  const range = { from: MIDNIGHT, to: MIDNIGHT + 6 * PAGE };
  const what = { jobId, instrument: instrument.id, timeframe: '1m', reason: 'test', ...range };
  const command = { type: 'startBackfill', actor: 'test', body: what } as never;
  await db.transaction((tx) => handlers.startBackfill(command, tx, NOW));
  await until(jobId, (job) => pagesOf(job) >= 2, true);
  child.kill('SIGKILL');
  await exited;
  const left = await jobOf(jobId);
  expect(left.status).toBe('running');
  expect(pagesOf(left)).toBeLessThan(6);

  start(instrument, venue.kept);
  await until(jobId, statusOf, 'done');
  expect(await jobOf(jobId)).toMatchObject({ barsStored: 6_000 });
  expect(venue.asked).toEqual(
    Array.from({ length: 6 - pagesOf(left) }, (_, index) => pagesOf(left) + index),
  );
  await expectWhole(instrument, 6);
});

test('what Redis has lost comes again from the rows', async () => {
  const venue = gatedVenue('LTCUSDT');
  const { backfill } = start(venue.instrument, venue.kept);
  const ids = [await backfill(1), await backfill(1), await backfill(1), await backfill(1)];
  await expect.poll(() => venue.asked.length).toBe(2);
  const admin = new Redis(redis.administratorUrl);
  expect(await admin.keys('*')).not.toEqual([]);
  await admin.flushall();
  venue.state.isOpen = true;
  venue.letGo();
  venue.letGo();
  for (const id of ids) await until(id, statusOf, 'done');
  // With the locks gone too, a page that was under way may be asked for once more.
  expect(venue.asked.length).toBeGreaterThanOrEqual(4);
  expect(venue.asked.length).toBeLessThanOrEqual(6);
  // Nothing of a job that has ended stays behind.
  await expect
    .poll(async () => (await admin.keys('jobs:*')).filter((key) => /[0-9a-f]{8}-/.test(key)))
    .toEqual([]);
  await admin.quit();
});

test('a stop waits neither for a page nor for a Redis that is away', async () => {
  const own = await createTestRedis();
  const venue = gatedVenue('AVAXUSDT');
  const { backfill, jobs } = start(venue.instrument, venue.kept, {
    redisUrl: own.urls['market-data'],
  });
  const id = await backfill(2);
  await expect.poll(() => venue.asked.length).toBe(1);
  await own.stop();
  await jobs.stop();
  expect(await jobOf(id)).toMatchObject({ status: 'queued', barsStored: 0, attempts: 0 });
});

test('what cannot come to anything is refused', async () => {
  const venue = gatedVenue('BNBUSDT');
  const { say } = start(venue.instrument, venue.kept);
  const good = {
    ...{ jobId: randomUUID(), instrument: venue.instrument.id, timeframe: '1m', reason: 'test' },
    ...{ from: MIDNIGHT, to: MIDNIGHT + PAGE },
  };
  for (const [change, code] of [
    [{ instrument: 'bybit.linear:NONE' }, 'INSTRUMENT_UNKNOWN'],
    [{ timeframe: '4h' }, 'HISTORY_TIMEFRAME'],
    [{ from: NOW, to: NOW + PAGE }, 'RANGE_EMPTY'],
    [{ from: MIDNIGHT - 1_200 * PAGE }, 'JOB_TOO_LARGE'],
  ] as const) {
    expect(await say('startBackfill', { ...good, ...change }), code).toMatchObject({ code });
  }
  expect(await say('startBackfill', good)).toBeNull();
  expect(await say('startBackfill', good)).toMatchObject({ code: 'JOB_REPEATED' });
});
