import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  type Bus,
  type CommandEntry,
  openBus,
  readHeartbeats,
  sendCommand,
  signPayload,
} from '@ballast/bus';
import {
  commandOutcome,
  configurationCommands,
  configurationRefusals,
  type Database,
  openDatabase,
  operatorPasswords,
  passwordHashInForce,
  strategyParametersInForce,
  strategySwitches,
  strategySwitchesInForce,
  systemSettingsInForce,
} from '@ballast/db';
import { type CommandWire, uuidV7 } from '@ballast/domain';
import { createLogger, createMetrics } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { createCommandHandler } from '../src/command-handler.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const keys = { dashboard: randomBytes(32).toString('hex'), cli: randomBytes(32).toString('hex') };
const HASH = `$argon2id$v=19$m=19456,t=2,p=1$${'c2FsdA'.repeat(3)}$${'dGFn'.repeat(8)}`;
const log = createLogger('test', 'fatal');

let database: TestDatabase;
let redis: TestRedis;
let db: Database;
let dashboard: Bus;
let reading: Bus;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  db = openDatabase(database.urls.supervisor);
  dashboard = openBus(redis.urls.dashboard, 'test', log);
  reading = openBus(redis.urls.cli, 'test', log);
});
afterAll(async () => {
  await Promise.all([dashboard?.close(), reading?.close(), db?.close()]);
  await redis?.stop();
  await database?.drop();
});

test('a process takes what it owns, refuses what is wrong, leaves the rest alone', async () => {
  const child = startSupervisor();
  try {
    const [ready] = await once(child, 'message');
    expect(ready).toEqual({ type: 'ready' });

    const on = switchTo(true);
    const onEntry = await sendCommand(dashboard, on, keys.dashboard);
    await outcomeIs(on.id, onEntry, { kind: 'taken', type: 'setStrategySwitch' });
    const again = await sendCommand(dashboard, on, keys.dashboard);
    await outcomeIs('unknown', again, { kind: 'refused', code: 'COMMAND_REPEATED' });
    const reused = { ...switchTo(false), nonce: on.nonce };
    const reusedEntry = await sendCommand(dashboard, reused, keys.dashboard);
    await outcomeIs(reused.id, reusedEntry, { kind: 'refused', code: 'NONCE_REPEATED' });
    const late = { ...switchTo(false), issuedAt: Date.now() - 9_000, expiresAt: Date.now() - 1 };
    const lateEntry = await sendCommand(dashboard, late, keys.dashboard);
    await outcomeIs(late.id, lateEntry, { kind: 'refused', code: 'COMMAND_EXPIRED' });

    await asksForConfiguration();

    const forged = await sendCommand(dashboard, switchTo(false), keys.cli);
    const trade = '01890000-0000-7000-8000-000000000002';
    await sendCommand(
      dashboard,
      { ...header(), type: 'closeTrade', body: { tradeId: trade, reason: 'enough' } },
      keys.dashboard,
    );
    const password = {
      ...header(),
      type: 'setOperatorPassword',
      body: { passwordHash: HASH },
    } as const;
    const passwordEntry = await sendCommand(dashboard, password, keys.dashboard);
    await outcomeIs(password.id, passwordEntry, { kind: 'taken', type: 'setOperatorPassword' });

    expect(await passwordHashInForce(db, Date.now())).toBe(HASH);
    expect(await strategySwitchesInForce(db, Date.now())).toMatchObject([
      {
        ...{ id: on.id, strategy: 'momentum', switch: 'sell', on: true, override: false },
        ...{ actor: 'operator', reason: 'test' },
      },
    ]);
    const refusals = await db.select().from(configurationRefusals);
    expect(refusals.map((row) => row.entryId)).not.toContain(forged);
    expect(refusals, 'five refusals of its own, none of the gateway').toHaveLength(5);
    const taken = await db.select().from(configurationCommands);
    expect(taken.find((row) => row.id === password.id)?.body, 'hash in one place only').toEqual({});

    await vi.waitFor(async () => {
      const [beat] = await readHeartbeats(reading);
      expect(beat).toMatchObject({ service: 'supervisor', pid: child.pid });
      expect(beat?.counts).toMatchObject({
        'ballast_supervisor_commands_taken_total{type=setStrategySwitch}': 1,
        'ballast_supervisor_commands_refused_total{code=COMMAND_REPEATED}': 1,
        'ballast_supervisor_commands_left_total{why=unreadable}': 1,
        'ballast_supervisor_commands_left_total{why=other-owner}': 1,
      });
    }, 5_000);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  } finally {
    child.kill('SIGKILL');
  }
});

test('an entry delivered again after a crash has no second effect, no refusal', async () => {
  let now = Date.now();
  const handle = createCommandHandler({
    db,
    log,
    metrics: createMetrics('test'),
    keys,
    account: 'paper',
    mode: 'paper',
    schemas: {},
    now: () => now,
  });
  const off = switchTo(false);
  const entry = entryOf(off, '77-0');
  const before = (await db.select().from(configurationRefusals)).length;
  await handle([entry]);
  await handle([entry]);
  now += 60_000;
  await handle([entry]);
  const rows = (await db.select().from(strategySwitches)).filter((row) => row.id === off.id);
  expect(rows).toHaveLength(1);
  expect(await db.select().from(configurationRefusals), 'no refusal of a taken entry').toHaveLength(
    before,
  );

  const wrong = entryOf({ ...switchTo(true), account: 'other' }, '78-0');
  await handle([wrong, wrong]);
  await handle([wrong]);
  expect(await db.select().from(configurationRefusals)).toHaveLength(before + 1);
});

test('one faulty command does not keep the others of its batch', async () => {
  const handle = createCommandHandler({
    db,
    log,
    metrics: createMetrics('test'),
    keys,
    account: 'paper',
    mode: 'paper',
    schemas: {},
    now: Date.now,
  });
  const first = switchTo(true);
  const second = { ...switchTo(false), mode: 'live' } as const;
  const third = { ...header(), type: 'setOperatorPassword', body: { passwordHash: HASH } } as const;
  await handle([entryOf(first, '80-0'), entryOf(second, '81-0'), entryOf(third, '82-0')]);
  const taken = (await db.select().from(configurationCommands)).map((row) => row.id);
  expect(taken).toContain(first.id);
  expect(taken).not.toContain(second.id);
  expect(taken).toContain(third.id);
  expect((await db.select().from(operatorPasswords)).map((row) => row.id)).toContain(third.id);
});

type Asked = {
  [T in CommandWire['type']]: { type: T; body: Extract<CommandWire, { type: T }>['body'] };
}[CommandWire['type']];

/** Settings and parameters on the same way: signed, over Redis, into their tables or refused. */
async function asksForConfiguration(): Promise<void> {
  const ask = async (asked: Asked, expected: object) => {
    const command = { ...header(), ...asked };
    const entry = await sendCommand(dashboard, command, keys.dashboard);
    await outcomeIs(command.id, entry, expected);
    return command.id;
  };
  const setting = { key: 'gate.spread_max_bps', value: 4.5, reason: 'tighter' };
  const set = await ask(
    { type: 'setSystemSetting', body: setting },
    { kind: 'taken', type: 'setSystemSetting' },
  );
  await ask(
    { type: 'setSystemSetting', body: { ...setting, value: -1 } },
    { kind: 'refused', code: 'SETTING_INVALID', detail: expect.stringContaining('from 0 to 1000') },
  );
  await ask(
    { type: 'setSystemSetting', body: { ...setting, from: Date.now() - 60_000 } },
    { kind: 'refused', code: 'EFFECTIVE_IN_THE_PAST' },
  );
  const from = Date.now() + 3_600_000;
  await ask(
    {
      type: 'setStrategyParameters',
      body: { strategy: 'momentum', parameters: { fastPeriod: 9 }, from, reason: 'faster' },
    },
    { kind: 'taken', type: 'setStrategyParameters' },
  );
  const inForce = await systemSettingsInForce(db, Date.now());
  expect(inForce.inForce('gate.spread_max_bps')).toMatchObject({ value: 4.5, row: { id: set } });
  expect(await strategyParametersInForce(db, 'momentum', Date.now())).toBeNull();
  expect(await strategyParametersInForce(db, 'momentum', from)).toMatchObject({
    ...{ parameters: { fastPeriod: 9 }, actor: 'operator', reason: 'faster' },
  });
}

async function outcomeIs(commandId: string, entryId: string, expected: object): Promise<void> {
  const id = commandId === 'unknown' ? uuidV7(1, randomBytes(10)) : commandId;
  await vi.waitFor(async () => {
    expect(await commandOutcome(db, 'dashboard', id, entryId)).toMatchObject(expected);
  }, 5_000);
}

function header() {
  const issuedAt = Date.now();
  return {
    version: 1,
    id: uuidV7(issuedAt, randomBytes(10)),
    producer: 'dashboard',
    actor: 'operator',
    account: 'paper',
    mode: 'paper',
    issuedAt,
    expiresAt: issuedAt + 8_000,
    nonce: randomBytes(16).toString('hex'),
  } as const;
}

function switchTo(on: boolean) {
  const body = { strategy: 'momentum', switch: 'sell', on, reason: 'test' } as const;
  return { ...header(), type: 'setStrategySwitch', body } as const;
}

function entryOf(wire: CommandWire, entryId: string): CommandEntry {
  const payload = JSON.stringify(wire);
  const signature = signPayload(payload, keys.dashboard);
  return { producer: 'dashboard', entryId, payload, signature };
}

function startSupervisor(): ChildProcess {
  const env = {
    ...compileCache,
    BALLAST_DATABASE_URL: database.urls.supervisor,
    BALLAST_REDIS_URL: redis.urls.supervisor,
    BALLAST_ACCOUNT: 'paper',
    BALLAST_MODE: 'paper',
    BALLAST_LOG_LEVEL: 'error',
    BALLAST_COMMAND_KEY_DASHBOARD: keys.dashboard,
    BALLAST_COMMAND_KEY_CLI: keys.cli,
  };
  return spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}
