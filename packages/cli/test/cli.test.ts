import { randomBytes } from 'node:crypto';
import {
  type Bus,
  type CommandEntry,
  consumeCommands,
  HEARTBEAT_SERVICES,
  openBus,
  putHeartbeat,
  putState,
  verifySignature,
} from '@ballast/bus';
import {
  audit,
  AUDIT_START,
  auditHash,
  brakeStates,
  commands,
  type Database,
  incidents,
  openDatabase,
  saveConfigurationRefusal,
  takeConfigurationCommand,
  trades,
} from '@ballast/db';
import { parseCommand, uuidV7 } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { type Extra, runBallast } from './ballast-process.fixture.ts';

const KEY = randomBytes(32).toString('hex');
const log = createLogger('test', 'fatal');
const newId = () => uuidV7(Date.now(), randomBytes(10));

let database: TestDatabase;
let redis: TestRedis;
let gateway: Database;
let supervisor: Database;
let readers: { stop(): Promise<void> }[];
/** What the stand-ins for gateway and supervisor do with a command; unanswered when null. */
let answer: ((entry: CommandEntry) => Promise<void>) | null = null;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  gateway = openDatabase(database.urls['order-gateway'], { max: 1 });
  supervisor = openDatabase(database.urls.supervisor, { max: 1 });
  readers = [
    consumeCommands(redis.urls['order-gateway'], {
      group: 'order-gateway',
      consumer: 'test',
      producers: ['cli'],
      onBatch: async (entries) => {
        for (const entry of entries) await answer?.(entry);
      },
      log,
    }),
  ];
});
afterAll(async () => {
  await Promise.all((readers ?? []).map((reader) => reader.stop()));
  await Promise.all([gateway?.close(), supervisor?.close()]);
  await redis?.stop();
  await database?.drop();
});

test('status is ok only while all beats, the feed is live, no brake, no incident', async () => {
  const cold = await ballast('status');
  expect(cold).toMatchObject({
    code: 1,
    object: { ok: false, brake: { engaged: true, at: null } },
  });

  const at = Date.now();
  await gateway
    .insert(brakeStates)
    .values({ id: newId(), account: 'paper', engaged: false, reason: 'start', at });
  const stopBeats = await beatAll();
  const marketData = openBus(redis.urls['market-data'], 'test', log);
  try {
    await putState(marketData, 'feed:bybit', { state: 'connecting' });
    expect(await ballast('status')).toMatchObject({ code: 1, object: { ok: false } });
    await putState(marketData, 'feed:bybit', { state: 'live' });
    const warm = await ballast('status');
    expect(warm).toMatchObject({ code: 0, object: { ok: true, account: 'paper', openTrades: [] } });
    const incident = {
      id: newId(),
      account: 'paper',
      kind: 'unprotected',
      instrument: 'bybit.linear:BTCUSDT',
      detail: 'no stop works',
      evidence: {},
      openedAt: at,
    };
    await gateway.insert(incidents).values(incident);
    const open = await ballast('status');
    expect(open).toMatchObject({
      code: 1,
      object: { ok: false, incidents: [{ id: incident.id }] },
    });
  } finally {
    await stopBeats();
    await marketData.close();
  }
});

test('strategy and password are signed commands that are waited for', async () => {
  const bodies: unknown[] = [];
  answer = async (entry) => {
    expect(verifySignature(entry.payload, entry.signature, KEY)).toBe(true);
    const command = parseCommand(entry.payload);
    if (command.type !== 'setStrategySwitch' && command.type !== 'setOperatorPassword') return;
    bodies.push(command.body);
    await takeConfigurationCommand(supervisor, command, entry.entryId, Date.now());
  };
  const switched = await ballast('strategy', 'momentum', '--buy', 'on', '--reason', 'quiet day');
  expect(switched).toMatchObject({
    code: 0,
    object: { ok: true, strategy: 'momentum', buy: true },
  });
  const set = await ballast('password', { input: 'a long enough password\n' });
  expect(set).toMatchObject({ code: 0, object: { ok: true } });
  expect(bodies).toEqual([
    { strategy: 'momentum', buy: true, reason: 'quiet day' },
    { passwordHash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/) },
  ]);
  expect(JSON.stringify(bodies)).not.toContain('long enough');
  expect(await ballast('password', { input: 'short\n' })).toMatchObject({
    code: 64,
    object: { ok: false, error: { code: 'PASSWORD_LENGTH' } },
  });
});

test('a refusal is the command’s failure, with its code', async () => {
  answer = async (entry) => {
    const refusal = { code: 'MODE_MISMATCH', detail: 'this is paper', refusedAt: Date.now() };
    const { producer, entryId } = entry;
    await saveConfigurationRefusal(supervisor, { id: newId(), producer, entryId, ...refusal });
  };
  expect(await ballast('strategy', 'momentum', '--buy', 'off', '--reason', 'x')).toMatchObject({
    code: 1,
    object: { ok: false, error: { code: 'MODE_MISMATCH' } },
  });
});

test('close waits until the trade has ended; trade and trades show it', async () => {
  const tradeId = newId();
  const at = Date.now();
  const row = {
    id: tradeId,
    account: 'paper',
    instrument: 'bybit.linear:BTCUSDT',
    direction: 'long',
    status: 'open',
    origin: 'ticket',
    plan: {},
    state: {},
    quantity: 10n ** 18n,
    realisedCum: 0n,
    feesCum: 0n,
    createdAt: at,
    updatedAt: at,
    epoch: 1,
  };
  await gateway.insert(trades).values(row);
  expect(await ballast('trades', '--open')).toMatchObject({
    code: 0,
    object: { trades: [{ id: tradeId, status: 'open', quantity: '1' }] },
  });
  answer = async (entry) => {
    const command = parseCommand(entry.payload);
    if (command.type !== 'closeTrade') return;
    const { id, producer, nonce, type, actor, issuedAt, expiresAt } = command;
    const header = { id, producer, nonce, type, actor, issuedAt, expiresAt };
    await gateway
      .insert(commands)
      .values({ ...header, tradeId: command.body.tradeId, body: command.body, receivedAt: at });
    await gateway.update(trades).set({ status: 'closed', endedAt: Date.now() });
  };
  const closed = await ballast('close', tradeId, '--reason', 'enough');
  expect(closed).toMatchObject({ code: 0, object: { ok: true, status: 'closed' } });
  expect(await ballast('trade', tradeId)).toMatchObject({
    code: 0,
    object: { trade: { id: tradeId }, timeline: [{ kind: 'command' }] },
  });
  expect(await ballast('trades', '--open')).toMatchObject({ object: { trades: [] } });
  expect(await ballast('close', tradeId, '--reason', 'again')).toMatchObject({
    code: 1,
    object: { error: { code: 'TRADE_ENDED' } },
  });
  expect(await ballast('trade', newId())).toMatchObject({
    code: 1,
    object: { error: { code: 'TRADE_UNKNOWN' } },
  });
});

test('audit verify holds for a whole chain and names the first broken row', async () => {
  let previousHash = AUDIT_START;
  for (const seq of [1, 2, 3]) {
    const row = {
      account: 'paper',
      seq,
      at: seq,
      kind: 'x',
      callId: null,
      tradeId: null,
      data: { seq },
    };
    const hash = auditHash(previousHash, row);
    await gateway.insert(audit).values({ ...row, previousHash, hash, epoch: 1 });
    previousHash = hash;
  }
  expect(await ballast('audit', 'verify')).toMatchObject({
    code: 0,
    object: { ok: true, rows: 3, brokenAt: null },
  });
  const owner = openDatabase(database.ownerUrl, { max: 1 });
  await owner.execute('UPDATE audit SET data = \'{"seq": 7}\' WHERE seq = 2');
  await owner.close();
  expect(await ballast('audit', 'verify')).toMatchObject({
    code: 1,
    object: { ok: false, brokenAt: 2 },
  });
});

/** Runs the command line against the stores of this file. */
function ballast(...args: (string | Extra)[]): ReturnType<typeof runBallast> {
  const env = {
    BALLAST_DATABASE_URL: database.urls.cli,
    BALLAST_REDIS_URL: redis.urls.cli,
    BALLAST_ACCOUNT: 'paper',
    BALLAST_MODE: 'paper',
    BALLAST_COMMAND_KEY_CLI: KEY,
  };
  return runBallast(env, ...args);
}

/** Every service beats each half second until the returned function is called. */
async function beatAll(): Promise<() => Promise<void>> {
  const buses: Bus[] = [];
  async function beat(): Promise<void> {
    await Promise.all(
      HEARTBEAT_SERVICES.map((service, i) => {
        const bus = (buses[i] ??= openBus(redis.urls[service], 'test', log));
        const at = Date.now();
        const rest = { startedAt: at, pid: 1, version: '0', loopDelayP99Ms: 0, counts: {} };
        return putHeartbeat(bus, { service, at, ...rest });
      }),
    );
  }
  await beat();
  const timer = setInterval(() => void beat(), 500);
  return async () => {
    clearInterval(timer);
    await Promise.all(buses.map((bus) => bus.close()));
  };
}
