import { randomBytes } from 'node:crypto';
import { type CommandEntry, signPayload } from '@ballast/bus';
import {
  configurationCommands,
  configurationRefusals,
  type Database,
  firstWatchedSignal,
  openDatabase,
  signals,
  strategySoak,
  strategySwitchesInForce,
} from '@ballast/db';
import { type CommandType, type StrategySwitch, uuidV7 } from '@ballast/domain';
import { createLogger, createMetrics } from '@ballast/observability';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { createCommandHandler } from '../src/command-handler.ts';

const DAY = 86_400_000;
const START = 1_760_000_000_000;
const KEY = randomBytes(32).toString('hex');
const log = createLogger('test', 'fatal');

let database: TestDatabase;
let supervisor: Database;
let worker: Database;
let now = START;
let entries = 0;
/** Each test has a stretch of time of its own. */
let start = START;

beforeAll(async () => {
  database = await createTestDatabase();
  supervisor = openDatabase(database.urls.supervisor);
  worker = openDatabase(database.urls['strategy-worker']);
});
afterAll(async () => {
  await Promise.all([supervisor.close(), worker.close()]);
  await database.drop();
});
beforeEach(async () => {
  start += 1_000 * DAY;
  now = start;
  for (const name of ['watchlist', 'buy'] as const) await switchTo(name, false);
});

async function handle(asked: { type: CommandType; body: object }): Promise<CommandEntry> {
  const command = {
    version: 1,
    id: uuidV7(now, randomBytes(10)),
    ...{ producer: 'cli', actor: 'operator', account: 'paper', mode: 'paper' },
    ...{ issuedAt: now, expiresAt: now + 5_000, nonce: randomBytes(16).toString('hex') },
    ...asked,
  };
  const payload = JSON.stringify(command);
  entries += 1;
  const entry: CommandEntry = {
    ...{ producer: 'cli', entryId: `${entries}-0`, payload },
    signature: signPayload(payload, KEY),
  };
  await redeliver(entry);
  return entry;
}

const redeliver = (entry: CommandEntry): Promise<void> =>
  createCommandHandler({
    ...{ db: supervisor, log, metrics: createMetrics('test'), account: 'paper', mode: 'paper' },
    ...{ keys: { dashboard: KEY, cli: KEY }, schemas: {}, now: () => now },
  })([entry]);

/** The refusal of it, or null. */
async function switchTo(name: StrategySwitch, on: boolean, more: object = {}) {
  const body = { strategy: 'momentum', switch: name, on, reason: `${name} ${on}`, ...more };
  const { entryId } = await handle({ type: 'setStrategySwitch', body });
  const refusals = await supervisor.select().from(configurationRefusals);
  const refusal = refusals.find((row) => row.entryId === entryId);
  return refusal === undefined ? null : `${refusal.code} ${refusal.detail}`;
}

async function signalAt(decidedAt: number, strategy = 'momentum'): Promise<void> {
  await worker.insert(signals).values({
    ...{ id: uuidV7(decidedAt, randomBytes(10)), strategy, instrument: 'bybit.linear:BTCUSDT' },
    ...{ direction: 'long', barOpenTime: decidedAt, decidedAt, level: {}, inputs: {} },
  });
}

async function isBuyOn(): Promise<boolean | undefined> {
  const rows = await strategySwitchesInForce(supervisor, now);
  return rows.find((row) => row.switch === 'buy')?.on;
}

test('buy goes on after so many days of watched signals, and no earlier', async () => {
  await signalAt(start + 1);
  now += 10;
  expect(await switchTo('buy', true)).toContain(
    'SOAK_NOT_OVER momentum: 14 of 14 days of watched signals are missing: its watchlist switch is off',
  );
  await switchTo('watchlist', true);
  now += 20 * DAY;
  await signalAt(now - 1, 'mean-reversion');
  expect(await switchTo('buy', true), 'signals of before and of others do not count').toContain(
    '14 of 14 days of watched signals are missing: no signal since its watchlist switch is on',
  );
  await signalAt(now);
  now += 3 * DAY;
  expect(await switchTo('buy', true)).toContain('11 of 14 days');
  now += 11 * DAY - 1;
  expect(await switchTo('buy', true)).toContain('1 of 14 days');
  expect(await isBuyOn()).toBe(false);
  now += 1;
  expect(await switchTo('buy', true)).toBeNull();
  expect(await isBuyOn()).toBe(true);
});

test('a break of the watch begins the soak anew; being switched on twice does not', async () => {
  await switchTo('watchlist', true);
  await signalAt(now + 1);
  now += DAY;
  await switchTo('watchlist', true);
  now += 13 * DAY + 1;
  expect(await strategySoak(supervisor, 'momentum', now)).toEqual({
    ...{ neededDays: 14, watchedSince: start, firstSignalAt: start + 1, signals: 1 },
  });
  await signalAt(now);
  expect(await firstWatchedSignal(supervisor, 'momentum', now)).toBe(start + 1);
  expect(await firstWatchedSignal(supervisor, 'momentum', start)).toBeNull();
  expect(await firstWatchedSignal(supervisor, 'mean-reversion', now)).toBeNull();
  await switchTo('watchlist', false);
  expect(await firstWatchedSignal(supervisor, 'momentum', now)).toBeNull();
  expect(await switchTo('buy', true)).toContain('watchlist switch is off');
  now += 1;
  await switchTo('watchlist', true);
  expect(await switchTo('buy', true)).toContain('14 of 14 days');
});

test('of two words of one moment the later one counts for the soak', async () => {
  await switchTo('watchlist', true);
  await signalAt(now);
  now += 14 * DAY;
  await switchTo('watchlist', true);
  await switchTo('watchlist', false);
  expect(await strategySoak(supervisor, 'momentum', now)).toMatchObject({ watchedSince: null });
  await switchTo('watchlist', true);
  expect(await strategySoak(supervisor, 'momentum', now)).toMatchObject({ watchedSince: now });
});

test('an override with its reason is taken, and kept in the row and in the record', async () => {
  expect(await switchTo('buy', true, { override: false })).toContain('SOAK_NOT_OVER');
  expect(await switchTo('buy', true, { override: true, reason: 'a rehearsal' })).toBeNull();
  const rows = await strategySwitchesInForce(supervisor, now);
  const kept = rows.find((row) => row.switch === 'buy');
  expect(kept).toMatchObject({ on: true, override: true, reason: 'a rehearsal' });
  const commands = await supervisor.select().from(configurationCommands);
  expect(commands.find(({ id }) => id === kept?.id)).toMatchObject({
    actor: 'operator',
    body: { strategy: 'momentum', switch: 'buy', on: true, override: true, reason: 'a rehearsal' },
  });
});

test('the days are those of the setting in force', async () => {
  await switchTo('watchlist', true);
  await signalAt(now);
  now += DAY;
  expect(await switchTo('buy', true)).toContain('13 of 14 days');
  const body = { key: 'strategy.soak_days', value: 1, reason: 'shorter', from: now + DAY };
  await handle({ type: 'setSystemSetting', body });
  expect(await switchTo('buy', true)).toContain('13 of 14 days');
  now += DAY;
  expect(await switchTo('buy', true)).toBeNull();
  now += 1;
  await handle({
    type: 'setSystemSetting',
    body: { key: 'strategy.soak_days', value: 14, reason: 'as before' },
  });
});

test('a switch that was taken and is delivered again after its soak is broken is no refusal', async () => {
  await switchTo('watchlist', true);
  await signalAt(now);
  now += 14 * DAY;
  const body = { strategy: 'momentum', switch: 'buy', on: true, reason: 'soaked' } as const;
  const entry = await handle({ type: 'setStrategySwitch', body });
  await switchTo('watchlist', false);
  const before = (await supervisor.select().from(configurationRefusals)).length;
  await redeliver(entry);
  expect(await supervisor.select().from(configurationRefusals)).toHaveLength(before);
});
