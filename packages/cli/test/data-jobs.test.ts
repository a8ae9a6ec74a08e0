import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandEntry, consumeCommands, openBus } from '@ballast/bus';
import {
  addDataJob,
  changeDataJob,
  type Database,
  openDatabase,
  takeDataCommand,
} from '@ballast/db';
import { DATA_JOB_MOVES, parseCommand } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { findAccess } from '../src/access.ts';
import { dataBackfill } from '../src/commands/data-backfill.ts';
import { dataImport } from '../src/commands/data-import.ts';
import { dataJobList, moveDataJob } from '../src/commands/data-jobs.ts';
import type { Platform } from '../src/platform.ts';

const log = createLogger('test', 'silent');
const instrument = 'bybit.linear:BTCUSDT';
const said = { instrument, timeframe: '1m', reason: 'why', wait: false };
let database: TestDatabase;
let redis: TestRedis;
let db: Database;
let platform: Platform;
let reader: { stop(): Promise<void> };
let refusal: { code: string; detail: string } | null;
let dir: string;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  db = openDatabase(database.urls['market-data'], { max: 1 });
  const access = findAccess('unused', {
    BALLAST_DATABASE_URL: database.urls.cli,
    BALLAST_REDIS_URL: redis.urls.cli,
    BALLAST_ACCOUNT: 'paper',
    BALLAST_MODE: 'paper',
    BALLAST_COMMAND_KEY_CLI: '5e1f0c7a9b3d46288f0e1c2d3a4b5968',
  });
  platform = {
    access,
    db: openDatabase(access.databaseUrl, { max: 1 }),
    bus: openBus(access.redisUrl, 'cli', log),
  };
  reader = consumeCommands(redis.urls['market-data'], {
    ...{ group: 'market-data', consumer: 'test', producers: ['cli'], log },
    onBatch: async (entries) => {
      for (const entry of entries) await carryOut(entry);
    },
  });
  dir = mkdtempSync(join(tmpdir(), 'ballast-cli-'));
  vi.stubEnv('BALLAST_IMPORT_DIR', join(dir, 'import'));
});
beforeEach(() => {
  refusal = null;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await reader.stop();
  await Promise.all([db.close(), platform.db.close(), platform.bus.close()]);
  await Promise.all([database.drop(), redis.stop()]);
  rmSync(dir, { recursive: true });
});

/** What market-data does with what it is asked for, as far as it shows in the rows. */
async function carryOut({ payload, entryId }: CommandEntry): Promise<void> {
  const command = parseCommand(payload);
  const at = Date.now();
  await takeDataCommand(db, command, { entryId, at }, async (tx) => {
    if (refusal !== null) return refusal;
    if (command.type === 'startBackfill' || command.type === 'startImport') {
      const isImport = command.type === 'startImport';
      const { jobId: id, timeframe, reason } = command.body;
      const stretch = { fromTime: 0, toTime: 60_000_000, barsExpected: 1_000 };
      const what = { kind: isImport ? 'import' : 'backfill', origin: 'manual' } as const;
      const input = isImport ? { file: command.body.file } : {};
      const job = { ...what, ...stretch, id, timeframe, reason, input, actor: command.actor };
      await addDataJob(tx, { ...job, instrument: command.body.instrument }, at);
    } else if (
      command.type === 'pauseJob' ||
      command.type === 'resumeJob' ||
      command.type === 'cancelJob'
    ) {
      const { from, to } = DATA_JOB_MOVES[command.type];
      await changeDataJob(tx, command.body.jobId, from, { status: to, updatedAt: at });
    }
    return null;
  });
}

function idOf({ data }: { data: Readonly<Record<string, unknown>> }): string {
  const { job } = data as { job: { id: string } };
  return job.id;
}

test('a backfill is asked for, watched, paused and resumed', async () => {
  const asked = { ...said, from: '2026-11-18', to: '2026-11-18T12:00:00Z' };
  const report = await dataBackfill(platform, asked);
  expect(report).toMatchObject({
    ok: true,
    data: { job: { kind: 'backfill', status: 'queued', percent: 0, barsPerSecond: null } },
  });
  const jobId = idOf(report);
  const page = { status: 'running', doneUntil: 30_000_000, barsStored: 500 } as const;
  const at = Date.now();
  await changeDataJob(db, jobId, ['queued'], { ...page, startedAt: at - 10_000, updatedAt: at });
  const { data, lines } = await dataJobList(platform, { limit: '20' });
  expect(data).toMatchObject({
    counts: { running: 1 },
    jobs: [{ percent: 50, barsPerSecond: 50 }],
  });
  expect(lines[0]).toMatch(/: running 50 %, 500 of 1,000 bars, 50 bars\/s, (9|10) s left$/);

  const paused = await moveDataJob(platform, 'pauseJob', { jobId, reason: 'why' });
  expect(paused).toMatchObject({ ok: true, data: { job: { status: 'paused', leftMs: null } } });
  const input = { barsReplaced: 2_000, barsKept: 3 };
  await changeDataJob(db, jobId, ['paused'], { input, updatedAt: at });
  const stopped = (await dataJobList(platform, { limit: '20' })).lines[0];
  expect(stopped).toMatch(
    /: paused .*, replaced 2,000, kept 3 better bars, up to 1970-01-01T08:20:00/,
  );
  const resumed = await moveDataJob(platform, 'resumeJob', { jobId, reason: 'why' });
  expect(resumed).toMatchObject({ data: { job: { status: 'queued' } } });
});

test('what is waited for is ok only when it is done', async () => {
  const asked = { ...said, from: '2026-11-18', wait: true };
  const before = new Set((await jobIds()).map(({ id }) => id));
  const [report] = await Promise.all([dataBackfill(platform, asked), failNewJobs(before)]);
  expect(report).toMatchObject({ ok: false, data: { error: { code: 'JOB_NOT_DONE' } } });
});

async function failNewJobs(seen: ReadonlySet<string>): Promise<void> {
  await expect
    .poll(async () => (await jobIds()).some(({ id }) => !seen.has(id)), { timeout: 20_000 })
    .toBe(true);
  for (const { id } of await jobIds()) {
    if (seen.has(id)) continue;
    const end = { status: 'failed', error: 'HISTORY_REFUSED: no', updatedAt: 1 } as const;
    await changeDataJob(db, id, ['queued'], end);
  }
}

async function jobIds(): Promise<{ id: string }[]> {
  const { data } = await dataJobList(platform, { limit: '100' });
  return data['jobs'] as { id: string }[];
}

test('a file is copied to the import folder; one that is refused does not stay', async () => {
  const file = join(dir, 'my bars (1).csv');
  writeFileSync(file, 'ts,open\n');
  const asked = { ...said, file, dataDir: dir };
  const report = await dataImport(platform, asked);
  const [copy = ''] = readdirSync(join(dir, 'import'));
  expect(copy).toMatch(/^[0-9a-f-]+-my_bars__1_\.csv$/);
  expect(report).toMatchObject({
    ok: true,
    data: { job: { kind: 'import', input: { file: copy } } },
  });
  expect(readFileSync(join(dir, 'import', copy), 'utf8')).toBe('ts,open\n');

  const again = { ...asked, file: join(dir, 'import', copy) };
  expect(await dataImport(platform, again)).toMatchObject({
    data: { job: { input: { file: copy } } },
  });
  refusal = { code: 'INSTRUMENT_UNKNOWN', detail: 'not known' };
  await expect(dataImport(platform, asked)).rejects.toMatchObject({ code: 'INSTRUMENT_UNKNOWN' });
  await expect(dataImport(platform, again)).rejects.toMatchObject({ code: 'INSTRUMENT_UNKNOWN' });
  expect(readdirSync(join(dir, 'import'))).toEqual([copy]);
});

test('what cannot be meant is a usage error, and nothing is asked', async () => {
  const file = join(dir, 'plain.csv');
  writeFileSync(file, 'ts,open\n');
  const imported = { ...said, file, dataDir: dir };
  const before = await jobIds();
  for (const [asking, code] of [
    [() => dataBackfill(platform, { ...said, from: 'yesterday' }), 'TIME_MALFORMED'],
    [() => dataBackfill(platform, { ...said, from: '2026-11-18T12:00' }), 'TIME_MALFORMED'],
    [() => dataBackfill(platform, { ...said, from: '2099-01-01' }), 'RANGE_EMPTY'],
    [() => dataImport(platform, { ...imported, file: '/nowhere/x.csv' }), 'FILE_UNKNOWN'],
    [() => dataImport(platform, { ...imported, format: 'parquet' }), 'FILE_FORMAT'],
    [() => moveDataJob(platform, 'pauseJob', { jobId: 'x', reason: 'y' }), 'ID_MALFORMED'],
    [() => dataJobList(platform, { limit: '0' }), 'USAGE'],
  ] as const) {
    await expect(asking(), code).rejects.toMatchObject({ code, exitCode: 64 });
  }
  expect(await jobIds()).toEqual(before);
});
