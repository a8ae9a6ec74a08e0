import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openBus } from '@ballast/bus';
import { type Database, openDatabase, signals, strategySwitches } from '@ballast/db';
import { uuidV7 } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { findAccess } from '../src/access.ts';
import {
  settingsGet,
  settingsHistory,
  settingsList,
  settingsSet,
} from '../src/commands/settings.ts';
import { parametersSet, parametersShow } from '../src/commands/strategy-parameters.ts';
import { strategyShow, strategySwitch } from '../src/commands/strategy.ts';
import type { Platform } from '../src/platform.ts';
import { runBallast } from './ballast-process.fixture.ts';

/** The real one, as a process: what it refuses is seen here as its asker sees it. */
const SUPERVISOR = fileURLToPath(
  new URL('../../../services/supervisor/src/main.ts', import.meta.url),
);
const KEY = randomBytes(32).toString('hex');
const DAY = 86_400_000;

let database: TestDatabase;
let redis: TestRedis;
let child: ChildProcess;
let worker: Database;
let past: Database;
let platform: Platform;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  worker = openDatabase(database.urls['strategy-worker'], { max: 1 });
  past = openDatabase(database.urls.supervisor, { max: 1 });
  child = spawn(process.execPath, [SUPERVISOR], {
    env: {
      ...compileCache,
      BALLAST_DATABASE_URL: database.urls.supervisor,
      BALLAST_REDIS_URL: redis.urls.supervisor,
      BALLAST_ACCOUNT: 'paper',
      BALLAST_MODE: 'paper',
      BALLAST_LOG_LEVEL: 'fatal',
      BALLAST_COMMAND_KEY_DASHBOARD: randomBytes(32).toString('hex'),
      BALLAST_COMMAND_KEY_CLI: KEY,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  const access = findAccess('unused', env());
  platform = {
    access,
    db: openDatabase(access.databaseUrl, { max: 1 }),
    bus: openBus(access.redisUrl, 'cli', createLogger('test', 'fatal')),
  };
});
afterAll(async () => {
  if (child?.exitCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  const open = [worker, past, platform?.db, platform?.bus];
  await Promise.all(open.map((connection) => connection?.close()));
  await redis?.stop();
  await database?.drop();
});

function env(): Record<string, string> {
  return {
    BALLAST_DATABASE_URL: database.urls.cli,
    BALLAST_REDIS_URL: redis.urls.cli,
    BALLAST_ACCOUNT: 'paper',
    BALLAST_MODE: 'paper',
    BALLAST_COMMAND_KEY_CLI: KEY,
  };
}

test('the switches of a strategy: buy waits for the soak, or is overridden with a reason', async () => {
  const why = { reason: 'first try', override: false };
  const early = strategySwitch(platform, 'momentum', { buy: true }, why);
  await expect(early).rejects.toMatchObject({
    code: 'SOAK_NOT_OVER',
    message: expect.stringContaining('14 of 14 days of watched signals are missing'),
  });
  expect(
    await strategySwitch(platform, 'momentum', { watchlist: true, sell: true }, why),
  ).toMatchObject({
    ok: true,
    data: {
      switches: [
        { switch: 'watchlist', on: true },
        { switch: 'sell', on: true },
      ],
    },
  });
  const words = ['strategy', 'momentum', '--buy', 'on', '--override', '--reason', 'first try'];
  expect(await runBallast(env(), ...words)).toMatchObject({
    code: 0,
    object: { switches: [{ switch: 'buy', on: true, override: true, reason: 'first try' }] },
  });
});

test('all switches are shown, with who, when and why, and how far each soak is', async () => {
  const now = Date.now();
  const watched = { strategy: 'mean-reversion', switch: 'watchlist' as const, on: true };
  const by = { actor: 'operator', reason: 'watch it', effectiveFrom: now - 3 * DAY };
  await past.insert(strategySwitches).values({ ...watched, ...by, id: newId() });
  await worker.insert(signals).values({
    ...{ id: newId(), strategy: 'mean-reversion', instrument: 'bybit.linear:BTCUSDT' },
    ...{ direction: 'long', barOpenTime: 1, decidedAt: now - 2 * DAY, level: {}, inputs: {} },
  });
  const off = { on: false, override: false, effectiveFrom: null, actor: null, reason: null };
  const shown = await strategyShow(platform);
  expect(shown.data['strategies']).toContainEqual(
    expect.objectContaining({
      strategy: 'mean-reversion',
      switches: [
        expect.objectContaining({ switch: 'watchlist', on: true, ...by }),
        { switch: 'buy', ...off, id: null },
        { switch: 'sell', ...off, id: null },
      ],
      soak: {
        ...{ neededDays: 14, missingDays: 12, signals: 1 },
        ...{ watchedSince: now - 3 * DAY, firstSignalAt: now - 2 * DAY },
      },
    }),
  );
  expect(shown.lines).toContain(
    'mean-reversion: 12 of 14 days of watched signals are missing: 1 signals watched so far',
  );
  expect(shown.lines).toContain('  buy       off never set');
  const one = await runBallast(env(), 'strategy', 'momentum');
  const set = (which: string) => ({ switch: which, on: true, actor: expect.any(String) });
  expect(one).toMatchObject({
    code: 0,
    object: {
      strategies: [{ strategy: 'momentum' }],
      history: [set('watchlist'), set('sell'), { ...set('buy'), override: true }],
    },
  });
});

test('a setting is listed, set, read as of a time, and keeps its history', async () => {
  const key = 'gate.cooldown_minutes';
  const reason = 'calmer';
  expect((await settingsGet(platform, key, {})).data).toMatchObject({
    ...{ key, value: 15, unit: 'minutes', changes: 'running', from: null, actor: null },
  });
  const unless = 'never set: the default, unless BALLAST_STRATEGY_COOLDOWN_MS is set';
  expect((await settingsGet(platform, key, {})).lines.join()).toContain(unless);
  expect((await settingsList(platform)).lines.join()).toContain(unless);
  const words = ['settings', 'set', key, '30', '--reason', reason];
  expect(await runBallast(env(), ...words)).toMatchObject({
    code: 0,
    object: { ok: true, value: 30 },
  });
  const from = new Date(Date.now() + 3 * DAY).toISOString();
  expect(await settingsSet(platform, key, '20', { reason, from })).toMatchObject({
    ok: true,
    data: { value: 20, from: Date.parse(from) },
  });
  expect((await settingsGet(platform, key, {})).data).toMatchObject({ value: 30, reason });
  expect((await settingsGet(platform, key, { at: from })).data).toMatchObject({ value: 20 });
  const early = settingsSet(platform, key, '1', { reason, from: '2026-01-01' });
  await expect(early).rejects.toMatchObject({ code: 'EFFECTIVE_IN_THE_PAST', exitCode: 1 });
  expect((await settingsHistory(platform, key)).data).toMatchObject({
    fallback: 15,
    history: [{ value: 30 }, { value: 20, from: Date.parse(from), reason }],
  });
  const { settings } = (await settingsList(platform)).data;
  const later = [expect.objectContaining({ value: 20, from: Date.parse(from) })];
  expect(settings).toContainEqual(expect.objectContaining({ key, value: 30, toCome: later }));
  expect((await settingsList(platform)).lines.join()).not.toContain(unless);
  expect(settings).toContainEqual(
    expect.objectContaining({ key: 'gate.spread_max_bps', value: 10, actor: null, toCome: [] }),
  );
});

test('parameters are changed one by one upon what is in force, and keep their history', async () => {
  const name = 'sma-cross';
  const reason = 'slower';
  expect((await parametersShow(platform, name)).data).toMatchObject({
    parameters: {},
    history: [],
  });
  const words = ['strategy', 'parameters', name, '--set', 'fastPeriod=12', '--set', 'short=true'];
  const first = { parameters: { fastPeriod: 12, short: true } };
  expect(await runBallast(env(), ...words, '--reason', reason)).toMatchObject({
    code: 0,
    object: { ok: true, ...first },
  });
  const from = new Date(Date.now() + DAY).toISOString();
  const changes = ['fastPeriod=14', 'short=default', 'slowPeriod=60'];
  const next = { parameters: { fastPeriod: 14, slowPeriod: 60 } };
  const set = await parametersSet(platform, name, changes, { reason, from });
  expect(set).toMatchObject({ ok: true, data: { from: Date.parse(from) } });
  expect(set.data['parameters']).toEqual(next.parameters);
  expect((await parametersShow(platform, name)).data).toMatchObject({
    ...first,
    history: [first, next],
  });
  const unknown = parametersSet(platform, name, ['trend=up'], { reason });
  await expect(unknown).rejects.toThrow('PARAMETERS_INVALID: sma-cross: ✖ Unrecognized key');
  const early = parametersSet(platform, name, ['fastPeriod=9'], { reason, from: '2026-01-01' });
  await expect(early).rejects.toMatchObject({ code: 'EFFECTIVE_IN_THE_PAST' });
});

const newId = (): string => uuidV7(Date.now(), randomBytes(10));
