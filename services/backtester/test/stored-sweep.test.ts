import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addSweepRow,
  backtestSweeps,
  findBacktest,
  listBacktests,
  settleDataHash,
  type StoredSweepRow,
  sweepRows,
} from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { directSweep } from '../src/service/direct-sweep.ts';
import { BEGIN, HOUR, kill, openStored, type Stored, storeWalk } from './stored.fixture.ts';

const ROWS = 1_500;
let stored: Stored;
let service: Awaited<ReturnType<Stored['startService']>>;
const asked = {
  ...{ strategy: 'sma-cross', instruments: ['bybit.linear:AUSDT'], timeframe: '1h' },
  ...{ from: BEGIN, to: BEGIN + ROWS * HOUR, wait: true },
  vary: ['fastPeriod=4..20/4', 'slowPeriod=20,40,60'],
};

// Processes begin and compute.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

beforeAll(async () => {
  stored = await openStored();
  await storeWalk(stored.marketData, 'AUSDT', ROWS);
  service = await stored.startService(0);
});
afterAll(() => stored.close());

async function tableOf(id: string): Promise<Omit<StoredSweepRow, 'sweepId'>[]> {
  const rows: Omit<StoredSweepRow, 'sweepId'>[] = [];
  for await (const { sweepId: _sweepId, ...row } of sweepRows(stored.db, id)) rows.push(row);
  return rows;
}

test('the same table of one worker, and of more that die, with the service too', async () => {
  const one = stored.startWorker();
  const first = await stored.say('startSweep', asked);
  const row = await stored.ended(first);
  expect(row).toMatchObject({
    ...{ kind: 'sweep', state: 'done', done: 15, total: 15, error: null },
    result: {
      ...{ combinations: 15, tried: 14, trials: { ofThisSweep: 14, ofOthers: 0 } },
      refused: [{ code: 'PARAMETERS_INVALID', parameters: { fastPeriod: 20, slowPeriod: 20 } }],
      ...{ best: { parameters: expect.any(Object) }, judgement: { ok: expect.any(Boolean) } },
    },
  });
  const table = await tableOf(first);
  expect(table.map(({ combination }) => combination)).toEqual([...Array(15).keys()]);
  expect(table[0]).toMatchObject({ parameters: { fastPeriod: 4, slowPeriod: 20 } });
  await kill(one);

  const second = await stored.say('startSweep', asked);
  await stored.until(second, ({ state }) => state === 'running');
  const begun = table.slice(3, 8);
  for (const row of begun) await addSweepRow(stored.db, { ...row, sweepId: second });
  const held = await stored.hold('backtest_sweep_rows');
  const workers = [stored.startWorker(), stored.startWorker()];
  await held.reached();
  await Promise.all([...workers.map((worker) => kill(worker)), kill(service)]);
  await held.release();
  expect((await tableOf(second)).length).toBeLessThan(15);
  service = await stored.startService(2);
  const again = await stored.ended(second);
  expect(await tableOf(second)).toEqual(table);
  expect(again).toMatchObject({ state: 'done', done: 15, dataHash: row.dataHash });
  expect(again.result, 'the same combinations are no more trials').toEqual(row.result);
});

test('two hosts that share nothing but both addresses make the table of one', async () => {
  await kill(service);
  service = await stored.startService(0);
  const [first] = (await listBacktests(stored.db, 9)).toReversed();
  if (first === undefined) throw new Error('no sweep before');
  const id = await stored.say('startSweep', asked);
  await stored.until(id, ({ state }) => state === 'running');
  // No row is written before each of them has one to write.
  const held = await stored.hold('backtest_sweep_rows', 'EXCLUSIVE');
  const hosts = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'ballast-host-')));
  const workers = hosts.map((host) => stored.startWorker(host));
  await held.writers(2);
  await held.release();
  expect(await stored.ended(id)).toMatchObject({ state: 'done', dataHash: first.dataHash });
  expect(await tableOf(id)).toEqual(await tableOf(first.id));
  await Promise.all(workers.map((worker) => kill(worker)));
  for (const host of hosts) {
    expect(readdirSync(host), 'a worker keeps nothing of its own').toEqual([]);
    rmSync(host, { recursive: true });
  }
  await kill(service);
  service = await stored.startService(2);
});

test('a worker that loses its database, or is stopped, loses no combination', async () => {
  const few = { ...asked, vary: ['fastPeriod=4,8'], parameters: { slowPeriod: 40 } };
  await kill(service);
  service = await stored.startService(0);
  const id = await stored.say('startSweep', few);
  await stored.until(id, ({ state }) => state === 'running');
  // A worker that had to wait to read would never come to write.
  const held = await stored.hold('backtest_sweep_rows', 'EXCLUSIVE');
  const worker = stored.startWorker();
  const breakOff = await held.writing();
  await breakOff();
  const breakOffAgain = await held.writing();
  await kill(worker, 'SIGTERM');
  await breakOffAgain();
  await held.release();
  const other = stored.startWorker();
  await stored.ended(id);
  expect((await tableOf(id)).map(({ outcome }) => outcome)).toMatchObject([
    { ok: true },
    { ok: true },
  ]);
  await kill(other);
  await kill(service);
  service = await stored.startService(2);
});

test('the deflated Sharpe ratio counts what other sweeps have tried', async () => {
  const [oldest] = (await listBacktests(stored.db, 9)).toReversed();
  const like = (await tableOf(oldest?.id ?? ''))[0];
  if (oldest === undefined || like === undefined) throw new Error('no sweep before');
  const still = { ...like, combination: 15, parameters: { fastPeriod: 99 } };
  const returns = (like.returns ?? []).map(() => 0);
  await addSweepRow(stored.db, { ...still, sweepId: oldest.id, returns });
  const { result } = await stored.ended(
    await stored.say('startSweep', {
      ...asked,
      vary: ['fastPeriod=4,5'],
      parameters: { slowPeriod: 40 },
    }),
  );
  // One of them has never traded, and counts. Of fast 4 and slow 40 there is a trial already:
  // it is this one.
  expect(result).toMatchObject({ tried: 2, trials: { ofThisSweep: 2, ofOthers: 14 } });
});

test('a combination that is given up has a row that says why', async () => {
  const id = '00000000-0000-7000-8000-00000000000a';
  const [like] = await listBacktests(stored.db, 1);
  const row = await findBacktest(stored.db, like?.id ?? '');
  if (row === null) throw new Error('no sweep before');
  const { kind: _kind, result: _result, ...rest } = row;
  const begun = { id, state: 'running', done: 0, total: 2, strategy: 'momentum', endedAt: null };
  await stored.db.insert(backtestSweeps).values({ ...rest, ...begun });
  const reasons = ['job stalled more than allowable limit', 'OUT_OF_MEMORY: too much'];
  const failed = reasons.map((reason, index) => ({ sweepId: id, index, reason }));
  const queue = {
    begin: () => Promise.resolve(),
    add: () => Promise.resolve(),
    waiting: () => Promise.resolve(0),
    drain: () => Promise.resolve(),
    takeFailed: () => Promise.resolve(failed.splice(0, 1)),
  };
  const { signal } = new AbortController();
  const log = createLogger('test', 'silent');
  const parts = { db: stored.db, queue, signal, now: Date.now, log };
  expect(await directSweep(id, parts)).toBe(true);
  expect((await tableOf(id)).map(({ outcome }) => outcome)).toMatchObject([
    { ok: false, code: 'WORKER_DIED', message: reasons[0] },
    { ok: false, code: 'OUT_OF_MEMORY', message: 'too much' },
  ]);
  await stored.say('cancelBacktest', { id, reason: 'made up' });
  expect(await stored.ended(id)).toMatchObject({ state: 'cancelled', done: 2 });
});

test('a walk-forward keeps others out, goes on after a crash, and can be cancelled', async () => {
  const walkForward = { windows: 3, train: 2, mode: 'anchored' };
  const walk = { ...asked, vary: ['fastPeriod=4,8'], walkForward };
  const whole = await stored.ended(await stored.say('startSweep', walk));
  expect(whole).toMatchObject({ kind: 'walk-forward', state: 'done', done: 6, error: null });
  await kill(service);
  service = await stored.startService(0);
  const second = await stored.say('startSweep', walk);
  await stored.until(second, ({ state }) => state === 'running');
  const busy = await stored.ended(await stored.say('startSweep', { ...walk, wait: false }));
  expect(busy).toMatchObject({
    ...{ kind: 'walk-forward', state: 'failed' },
    error: { code: 'BACKTEST_BUSY', status: 409, message: expect.stringContaining(second) },
  });
  for (const row of (await tableOf(whole.id)).slice(2, 5)) {
    await addSweepRow(stored.db, { ...row, sweepId: second });
  }
  await kill(service);
  service = await stored.startService(2);
  const again = await stored.ended(second);
  expect(again).toMatchObject({ state: 'done', dataHash: whole.dataHash });
  expect(again.result).toEqual(whole.result);
  const held = await stored.hold('bars');
  const third = await stored.say('startSweep', walk);
  await held.reached();
  await stored.say('cancelBacktest', { id: third, reason: 'enough' });
  expect(await stored.ended(third)).toMatchObject({ state: 'cancelled', result: null });
  await held.release();
});

test('bars that change under a sweep end it, and one without bars never begins', async () => {
  const none = { ...asked, timeframe: '15m' };
  const empty = await stored.ended(await stored.say('startSweep', none));
  expect(empty).toMatchObject({ state: 'failed', error: { code: 'BARS_NOT_STORED' } });
  const words = await stored.ended(await stored.say('startSweep', { ...asked, vary: ['a=3..1'] }));
  expect(words).toMatchObject({ state: 'failed', error: { code: 'USAGE' } });
  await kill(service);
  service = await stored.startService(0);
  const id = await stored.say('startSweep', { ...asked, vary: ['fastPeriod=4..18'] });
  await stored.until(id, ({ state }) => state === 'running');
  expect(await settleDataHash(stored.db, id, 'of other bars')).toBe('of other bars');
  stored.startWorker();
  expect(await stored.ended(id)).toMatchObject({
    ...{ state: 'failed', error: { code: 'DATA_CHANGED' } },
  });
});

test('a sweep says what its bars lack, as a run does', async () => {
  const early = { ...asked, from: BEGIN - 10 * HOUR, vary: ['fastPeriod=4,8', 'slowPeriod=20'] };
  const { result } = await stored.ended(await stored.say('startSweep', early));
  const missing = 'bybit.linear:AUSDT: 10 bars are missing before the first that is stored';
  expect(result).toMatchObject({
    warnings: expect.arrayContaining([expect.stringContaining(missing)]),
  });
});
