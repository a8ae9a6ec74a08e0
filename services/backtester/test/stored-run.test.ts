import {
  findBacktest,
  findComparison,
  openDatabase,
  runDetails,
  saveMicrostructure,
  saveRegime,
  type StoredBacktest,
  strategyConfigurations,
} from '@ballast/db';
import { parseInstrumentId } from '@ballast/domain';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { loadTrial } from '../src/stored/load-trial.ts';
import { storedRequest } from '../src/stored/stored-request.ts';
import {
  BEGIN,
  childrenOf,
  HOUR,
  kill,
  openStored,
  type Stored,
  storeWalk,
} from './stored.fixture.ts';

const ROWS = 1_500;
let stored: Stored;
/** The run of the first test, which others are held against. */
let whole: StoredBacktest;
/** A rate is told so long after it was settled. */
const TOLD_AFTER = 300_000;
/** With funding, which the first did not know of. */
let other: StoredBacktest;
let service: Awaited<ReturnType<Stored['startService']>>;
const A = parseInstrumentId('bybit.linear:AUSDT');
const inForce = {
  ...{ strategy: 'sma-cross', instruments: [A], timeframe: '1h' },
  ...{ from: BEGIN, to: BEGIN + ROWS * HOUR },
};
const asked = { ...inForce, parameters: { fastPeriod: 8 } };
const known = { ...inForce, parameters: { fastPeriod: 10 } };
// Processes begin and compute.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

beforeAll(async () => {
  stored = await openStored();
  await storeWalk(stored.marketData, 'AUSDT', ROWS);
  service = await stored.startService();
});
afterAll(() => stored.close());

test('a run is stored with all that came of it', async () => {
  const first = await stored.say('startBacktest', asked);
  const row = await stored.ended(first);
  expect(row).toMatchObject({ state: 'done', error: null, actor: 'tester', seed: 1, done: ROWS });
  const { trades, blocked, equity } = await runDetails(stored.db, first);
  expect(row.result).toMatchObject({
    ...{ entered: trades.length, blocked: blocked.length, data: { bars: ROWS } },
    warnings: expect.arrayContaining([expect.stringContaining('the regime is not known')]),
  });
  expect(trades.length).toBeGreaterThan(10);
  expect(equity).toHaveLength(Math.ceil(ROWS / 24) + 1);
  whole = row;
  expect(row.request).toMatchObject({
    parameters: { fastPeriod: 8, slowPeriod: expect.any(Number) },
    gates: { cooldownMs: 900_000 },
    inForce: { asOf: row.askedAt, parameters: null },
  });
});

test('uses what is in force and what was known, and tells what is missing', async () => {
  const supervisor = openDatabase(stored.urls.database.supervisor, { max: 1 });
  const id = '11111111-1111-7111-8111-111111111111';
  await supervisor.insert(strategyConfigurations).values({
    ...{ id, strategy: 'sma-cross', parameters: { fastPeriod: 4 }, actor: 'test', reason: 'x' },
    ...{ effectiveFrom: BEGIN, setAt: BEGIN },
  });
  await supervisor.close();
  const worker = openDatabase(stored.urls.database['strategy-worker'], { max: 1 });
  await saveRegime(worker, {
    ...{ instrument: parseInstrumentId('bybit.linear:BTCUSDT'), at: BEGIN, knownAt: BEGIN },
    ...{ regime: 1, inputs: {}, version: 1 },
  });
  await worker.close();
  const rate = { instrument: A, kind: 'funding-rate', source: 'history' } as const;
  const points = [8, 16].map((hours) => {
    const at = BEGIN + hours * HOUR;
    return { ...rate, at, knownAt: at + TOLD_AFTER, value: '0.0001' };
  });
  // As after an outage: told when a newer one was known already.
  const late = { at: BEGIN, knownAt: BEGIN + 17 * HOUR, value: '0.0001' };
  points.push({ ...rate, ...late });
  await saveMicrostructure(stored.marketData, points, BEGIN + 20 * HOUR);
  const early = { ...inForce, from: BEGIN - 2 * HOUR, to: BEGIN + (ROWS + 3) * HOUR };
  const row = await stored.ended(await stored.say('startBacktest', early));
  expect(row).toMatchObject({
    state: 'done',
    request: { parameters: { fastPeriod: 4 }, inForce: { parameters: id } },
    result: {
      warnings: [
        `${A}: 2 bars are missing before the first that is stored, ` +
          '2023-12-31T22:00:00.000Z to 2024-01-01T00:00:00.000Z',
        expect.stringContaining(`${A}: 3 bars are missing after the last that is stored`),
        expect.stringContaining(`${A}: no settlement of funding is known from 2024-01-01T16`),
      ],
    },
  });
  other = await stored.ended(await stored.say('startBacktest', known));
  expect(other.request).toMatchObject({ inForce: { parameters: null } });
  const comparison = await stored.say('compareBacktests', { ids: [row.id, other.id] });
  await expect
    .poll(() => findComparison(stored.db, comparison))
    .toMatchObject({
      actor: 'tester',
      result: {
        data: { isSame: true },
        request: expect.arrayContaining([{ name: 'parameters.fastPeriod', values: [4, 10] }]),
        figures: expect.arrayContaining([expect.objectContaining({ name: 'equity.end' })]),
      },
    });
});

test('a regime that is noted after the last bar leaves the data what they were', async () => {
  const worker = openDatabase(stored.urls.database['strategy-worker'], { max: 1 });
  const at = BEGIN + (ROWS + 4) * HOUR;
  await saveRegime(worker, {
    ...{ instrument: parseInstrumentId('bybit.linear:BTCUSDT'), at, knownAt: at },
    ...{ regime: -1, inputs: {}, version: 1 },
  });
  await worker.close();
  const later = await stored.ended(await stored.say('startBacktest', known));
  expect([later.dataHash, later.result]).toEqual([other.dataHash, other.result]);
});

const wrong: [code: string, change: object][] = [
  ['STRATEGY_UNKNOWN', { strategy: 'luck' }],
  ['PARAMETERS_INVALID', { parameters: { fastPeriod: 400 } }],
  ['GATE_LIMITS_INVALID', { gates: { cooldownMs: -1 } }],
  ['INSTRUMENT_UNKNOWN', { instruments: ['bybit.linear:NONEUSDT'] }],
  ['INSTRUMENT_TWICE', { instruments: [A, A] }],
  ['RANGE_EMPTY', { from: BEGIN, to: BEGIN }],
  ['FINER_TIMEFRAME', { finer: '1d' }],
  ['CASH', { cash: '0' }],
  ['BARS_NOT_STORED', { timeframe: '15m' }],
  ['BARS_TOO_FEW', { to: BEGIN + 20 * HOUR }],
  ['COMMAND_EXPIRED', {}],
];
test('what cannot be run has failed, each with its code', async () => {
  for (const [code, change] of wrong) {
    const old = Date.now() - 60_000;
    const late = { issuedAt: old, expiresAt: old + 1_000 };
    const body = { ...asked, wait: true, ...change };
    const id = await stored.say('startBacktest', body, code === 'COMMAND_EXPIRED' ? late : {});
    const row = await stored.ended(id);
    expect(row, code).toMatchObject({ state: 'failed', error: { code } });
  }
});

test('more bars than fit are refused before they are held', async () => {
  const request = storedRequest.parse(other.request);
  const load = (barsMax: number) => loadTrial(stored.db, request, { barsMax });
  const { hash, series } = await load(ROWS);
  expect(hash).toBe(other.dataHash);
  const at = [0, 8, 16].map((hours) => BEGIN + hours * HOUR);
  expect(series[0]?.known, 'what is known late is paid when it was settled').toContainEqual({
    ...{ of: 'fundingRate', value: Float64Array.of(0.0001, 0.0001, 0.0001) },
    knownAt: Float64Array.from([8, 8, 16], (hours) => BEGIN + hours * HOUR + TOLD_AFTER),
    at: Float64Array.from(at),
  });
  await expect(load(ROWS - 1)).rejects.toMatchObject({ code: 'BARS_TOO_MANY' });
});

test('a bar that is none ends the run with its row', async () => {
  const symbol = 'ODDUSDT';
  const { id } = await storeWalk(stored.marketData, symbol, 200);
  const pool = stored.marketData.pool;
  const set = `UPDATE bars SET close = 'NaN' WHERE instrument = $1 AND open_time = $2`;
  await pool.query(set, [id, BEGIN + 7 * HOUR]);
  const row = await stored.ended(
    await stored.say('startBacktest', { ...asked, instruments: [id] }),
  );
  expect(row.error).toMatchObject({
    code: 'BARS_FAULTY',
    message: expect.stringContaining(`row 7 of ${id}: a price is not a number`),
  });
});

test('one at a time: a second is told who runs what, or waits; both can be cancelled', async () => {
  const held = await stored.hold('bars');
  const first = await stored.say('startBacktest', asked);
  await held.reached();
  const refused = await stored.ended(await stored.say('startBacktest', asked));
  expect(refused).toMatchObject({
    state: 'failed',
    error: {
      ...{ code: 'BACKTEST_BUSY', status: 409 },
      message: expect.stringContaining('tester runs a run of sma-cross since'),
      running: { id: first, since: expect.any(Number), leftMs: null },
    },
  });
  const waiting = await stored.say('startBacktest', { ...asked, wait: true });
  const next = await stored.say('startBacktest', { ...asked, wait: true, seed: 3 });
  await stored.until(next, ({ state }) => state === 'queued');
  await stored.say('cancelBacktest', { id: waiting, reason: 'no need' });
  expect(await stored.ended(waiting)).toMatchObject({
    ...{ state: 'cancelled', error: { code: 'CANCELLED', message: 'no need' } },
  });
  await stored.say('cancelBacktest', { id: first, reason: 'enough' });
  expect(await stored.ended(first)).toMatchObject({ state: 'cancelled' });
  await held.release();
  expect(await stored.ended(next)).toMatchObject({ state: 'done', seed: 3 });
  expect((await runDetails(stored.db, first)).trades).toEqual([]);
  expect(await findBacktest(stored.db, waiting)).toMatchObject({ startedAt: null });
});

test('goes on after its service was killed in the middle, once, with the same result', async () => {
  const held = await stored.hold('backtest_trades');
  const id = await stored.say('startBacktest', known);
  await held.reached();
  await kill(service);
  const left = await findBacktest(stored.db, id);
  expect(left).toMatchObject({ state: 'running', endedAt: null });
  await held.release();
  service = await stored.startService();
  const row = await stored.ended(id);
  // Begun anew, or what computed it outlived its service for that moment: once in either case.
  expect(row.startedAt).toBeGreaterThanOrEqual(left?.startedAt ?? Infinity);
  const { trades } = await runDetails(stored.db, id);
  expect(row.result).toMatchObject({ entered: trades.length });
  expect([row.dataHash, row.result]).toEqual([other.dataHash, other.result]);
});

test('a run whose database goes away in the middle begins again, and ends the same', async () => {
  const held = await stored.hold('backtest_trades', 'EXCLUSIVE');
  const id = await stored.say('startBacktest', known);
  const goAway = await held.writing();
  await goAway();
  await held.release();
  const row = await stored.ended(id);
  expect(row).toMatchObject({ state: 'done', error: null });
  expect([row.dataHash, row.result]).toEqual([other.dataHash, other.result]);
  const { trades } = await runDetails(stored.db, id);
  expect(row.result).toMatchObject({ entered: trades.length });
});

test('a command that comes twice begins nothing twice, and only one service may run', async () => {
  const { id } = whole;
  await stored.say('startBacktest', { ...asked, seed: 7 }, { id });
  const after = await stored.say('startBacktest', { ...asked, instruments: ['a.b:C'] });
  await stored.ended(after);
  expect(await findBacktest(stored.db, id)).toEqual(whole);
  await expect(stored.startService()).rejects.toThrow();
  const beats = new Redis(stored.urls.redis.dashboard, {
    ...{ enableReadyCheck: false, disableClientInfo: true },
  });
  expect(await beats.get('state:heartbeat:backtester')).toContain('"done":');
  beats.disconnect();
});

test('a run whose process dies has failed, and the service lives', async () => {
  const held = await stored.hold('bars');
  const id = await stored.say('startBacktest', asked);
  await held.reached();
  for (const pid of childrenOf(service.pid ?? 0)) process.kill(pid, 'SIGKILL');
  await held.release();
  expect(await stored.ended(id)).toMatchObject({
    ...{
      state: 'failed',
      error: { code: 'PROCESS_DIED', message: 'its process ended with SIGKILL' },
    },
  });
});
