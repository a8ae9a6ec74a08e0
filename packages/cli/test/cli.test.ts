import { randomBytes } from 'node:crypto';
import {
  type CommandEntry,
  consumeCommands,
  openBus,
  putState,
  verifySignature,
} from '@ballast/bus';
import {
  audit,
  AUDIT_START,
  auditHash,
  brakeStates,
  commandRefusals,
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
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { findAccess } from '../src/access.ts';
import { auditVerify } from '../src/commands/audit.ts';
import { brakeEngage, brakeRelease, brakeStatus } from '../src/commands/brake.ts';
import { close } from '../src/commands/close.ts';
import { status } from '../src/commands/status.ts';
import { strategySwitch } from '../src/commands/strategy.ts';
import { trade } from '../src/commands/trade.ts';
import { trades as listed } from '../src/commands/trades.ts';
import type { Platform } from '../src/platform.ts';
import { runBallast } from './ballast-process.fixture.ts';
import { beatAll } from './heartbeats.fixture.ts';

const KEY = randomBytes(32).toString('hex');
const log = createLogger('test', 'fatal');
const newId = () => uuidV7(Date.now(), randomBytes(10));

let database: TestDatabase;
let redis: TestRedis;
let platform: Platform;
let gateway: Database;
let supervisor: Database;
let readers: { stop(): Promise<void> }[];
/** What the stand-ins for gateway and supervisor do with a command; unanswered when null. */
let answer: ((entry: CommandEntry) => Promise<void>) | null = null;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  gateway = openDatabase(database.urls['order-gateway'], { max: 1 });
  supervisor = openDatabase(database.urls.supervisor, { max: 1 });
  const access = findAccess('unused', env());
  platform = {
    access,
    db: openDatabase(access.databaseUrl, { max: 1 }),
    bus: openBus(access.redisUrl, 'cli', log),
  };
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
  const open = [gateway, supervisor, platform?.db, platform?.bus];
  await Promise.all(open.map((connection) => connection?.close()));
  await redis?.stop();
  await database?.drop();
});

test('status is ok only while all beats, the feed is live, no brake, no incident', async () => {
  const cold = await status(platform);
  expect(cold).toMatchObject({ ok: false, data: { brake: { engaged: true, at: null } } });

  const beats = await beatAll(redis);
  const marketData = openBus(redis.urls['market-data'], 'test', log);
  try {
    const tellFeed = (state: string, ageMs = 0): Promise<void> =>
      putState(marketData, 'feed:market', { at: Date.now() - ageMs, state });
    await tellFeed('live');
    expect(await status(platform), 'a brake that nobody set is engaged').toMatchObject({
      ok: false,
    });
    const at = Date.now();
    const released = { state: 'released', actor: 'ballast', progress: [] };
    await gateway
      .insert(brakeStates)
      .values({ id: newId(), account: 'paper', ...released, reason: 'start', at });
    await tellFeed('live');
    const warm = await status(platform);
    expect(warm).toMatchObject({ ok: true, data: { account: 'paper', openTrades: [] } });
    await tellFeed('live', -600_000);
    const since = Date.now() - 9_000;
    const advice = 'Look at the disk (df -h).';
    const failing = { code: 'JOURNAL_CANNOT_COMMIT', cannot: 'store anything', advice, since };
    beats.fail({ 'order-gateway': failing });
    await expect
      .poll(async () => (await status(platform)).lines, { timeout: 5_000 })
      .toContainEqual(
        expect.stringMatching(/^FAIL order-gateway .* cannot store anything since 20/),
      );
    const unable = await status(platform);
    expect(unable.ok).toBe(false);
    expect(unable.lines).toContain(`     ${advice}`);
    expect(unable.data).toMatchObject({
      services: expect.arrayContaining([
        expect.objectContaining({ service: 'order-gateway', alive: true, failing }),
      ]),
    });
    const away = openDatabase('postgres://nobody:none@127.0.0.1:1/none', { max: 1 });
    const blind = await status({ ...platform, db: away });
    await away.close();
    expect(blind.ok).toBe(false);
    expect(blind.lines).toContainEqual(expect.stringMatching(/^FAIL order-gateway /));
    expect(blind.lines).toContainEqual(
      expect.stringMatching(/^database NOT ANSWERING: connect ECONNREFUSED/),
    );
    expect(blind.data).toMatchObject({ brake: null, openTrades: null, incidents: null });
    beats.fail({});
    await expect.poll(async () => (await status(platform)).ok, { timeout: 5_000 }).toBe(true);
    await tellFeed('connecting');
    expect(await status(platform)).toMatchObject({ ok: false });
    await tellFeed('live', 2_600);
    const silent = await status(platform);
    expect(silent, 'its last word is old').toMatchObject({ ok: false });
    expect(silent.lines.join()).toContain('feed NOT LIVE: market-data has told nothing since');
    // Good for the rest of this test.
    await tellFeed('live', -600_000);
    const hour = { timeframe: '1h', missing: 9, overdue: 0 };
    const said = { at: Date.now(), timeframes: [hour], instruments: 0, since: null };
    await putState(marketData, 'feed:missing-bars', said);
    expect(await status(platform), 'missing a moment ago').toMatchObject({ ok: true });
    const overdue = { timeframes: [{ ...hour, overdue: 4_000 }], instruments: 2, since: 1 };
    await putState(marketData, 'feed:missing-bars', { ...said, ...overdue });
    const holes = await status(platform);
    expect(holes).toMatchObject({ ok: false, data: { missingBars: { instruments: 2 } } });
    expect(holes.lines).toContain('bars MISSING: 4,000 in 2 instruments, see data coverage');
    await putState(marketData, 'feed:missing-bars', { ...said, at: said.at - 120_001 });
    expect(await status(platform), 'nobody looks any more').toMatchObject({ ok: false });
    await putState(marketData, 'feed:missing-bars', { ...said, at: Date.now() });
    expect(await status(platform)).toMatchObject({ ok: true });
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
    const open = await status(platform);
    expect(open).toMatchObject({ ok: false, data: { incidents: [{ id: incident.id }] } });
    const whole = { ...incident, id: newId(), kind: 'BRAKE_ENGAGED', instrument: null };
    await gateway.insert(incidents).values({ ...whole, detail: 'drawdown 25 %', openedAt: at + 1 });
    const { data, lines } = await status(platform);
    expect(data).toMatchObject({ incidents: [{ instrument: null }, { id: incident.id }] });
    expect(lines).toContainEqual(expect.stringContaining('BRAKE_ENGAGED account: drawdown 25 %'));
  } finally {
    await beats.stop();
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
  const given = { reason: 'quiet day', override: false };
  const switched = await strategySwitch(platform, 'momentum', { buy: true }, given);
  expect(switched).toMatchObject({
    ok: true,
    data: { strategy: 'momentum', switches: [{ switch: 'buy', on: true }] },
  });
  const set = await runBallast(env(), 'password', { input: 'a long enough password\n' });
  expect(set).toMatchObject({ code: 0, object: { ok: true } });
  expect(bodies).toEqual([
    { strategy: 'momentum', switch: 'buy', on: true, reason: 'quiet day' },
    { passwordHash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/) },
  ]);
  expect(JSON.stringify(bodies)).not.toContain('long enough');
});

test('a refusal is the command’s failure, with its code', async () => {
  answer = async (entry) => {
    const refusal = { code: 'MODE_MISMATCH', detail: 'this is paper', refusedAt: Date.now() };
    const { producer, entryId } = entry;
    await saveConfigurationRefusal(supervisor, { id: newId(), producer, entryId, ...refusal });
  };
  const given = { reason: 'x', override: false };
  const refused = strategySwitch(platform, 'momentum', { buy: false }, given);
  await expect(refused).rejects.toMatchObject({ code: 'MODE_MISMATCH', exitCode: 1 });
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
  expect(await listed(platform, true)).toMatchObject({
    data: { trades: [{ id: tradeId, status: 'open', quantity: '1' }] },
  });
  answer = async (entry) => {
    const command = parseCommand(entry.payload);
    if (command.type !== 'closeTrade') return;
    const { id, producer, nonce, type, actor, issuedAt, expiresAt } = command;
    const header = { id, producer, nonce, type, actor, issuedAt, expiresAt };
    await gateway.insert(commands).values({
      ...header,
      tradeId: command.body.tradeId,
      body: command.body,
      receivedAt: Date.now(),
    });
    looks = 0;
  };
  let looks = 0;
  const db: Database = Object.create(platform.db, {
    select: {
      value(...asked: Parameters<Database['select']>) {
        looks += 1;
        return platform.db.select(...asked);
      },
    },
  });
  const closing = close({ ...platform, db }, tradeId, 'enough');
  await vi.waitFor(
    async () => expect(await gateway.select().from(commands)).toHaveLength(1),
    5_000,
  );
  await vi.waitFor(() => expect(looks).toBeGreaterThan(3), 5_000);
  await gateway.update(trades).set({ status: 'closed', endedAt: Date.now() });
  const closed = await closing;
  expect(closed).toMatchObject({ ok: true, data: { status: 'closed' } });
  expect(await trade(platform, tradeId)).toMatchObject({
    data: { trade: { id: tradeId }, timeline: [{ kind: 'command' }] },
  });
  expect(await listed(platform, true)).toMatchObject({ data: { trades: [] } });
  expect(await listed(platform, false)).toMatchObject({ data: { trades: [{ id: tradeId }] } });
  const again = close(platform, tradeId, 'again');
  await expect(again).rejects.toMatchObject({ code: 'TRADE_ENDED' });
  await expect(trade(platform, newId())).rejects.toMatchObject({ code: 'TRADE_UNKNOWN' });
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
      epoch: 1,
    };
    const hash = auditHash(previousHash, row);
    await gateway.insert(audit).values({ ...row, previousHash, hash });
    previousHash = hash;
  }
  expect(await auditVerify(platform)).toMatchObject({
    ok: true,
    data: { rows: 3, brokenAt: null },
  });
  const owner = openDatabase(database.ownerUrl, { max: 1 });
  await owner.execute('UPDATE audit SET data = \'{"seq": 7}\' WHERE seq = 2');
  await owner.close();
  expect(await auditVerify(platform)).toMatchObject({ ok: false, data: { brokenAt: 2 } });
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

test('brake: engaged and asked for, a refusal says until when, status shows each venue', async () => {
  const at = Date.now();
  const asked: string[] = [];
  const venue = {
    ...{ venue: 'bybit', ordersLeft: 2, positionsLeft: ['bybit.linear:BTCUSDT'] },
    ...{ foreignPositions: ['bybit.linear:BTCUSDT'], foreignOrders: 0, answeredAt: at },
    ...{ fault: '', provenFlat: false },
  };
  answer = async (entry) => {
    const command = parseCommand(entry.payload);
    const { id, producer, nonce, type, actor, issuedAt, expiresAt, body } = command;
    asked.push(type);
    const header = { id, producer, nonce, type, actor, issuedAt, expiresAt, body };
    if (type === 'engageBrake') {
      const state = { state: 'engaging', reason: 'stop', actor, engagedAt: at, progress: [venue] };
      const row = { id: newId(), account: 'paper', at, ...state };
      await gateway.insert(brakeStates).values(row);
    } else {
      const detail = 'releaseBrake: until tomorrow';
      const refusal = { producer, entryId: entry.entryId, commandId: id, detail, refusedAt: at };
      await gateway.insert(commandRefusals).values({ ...refusal, code: 'BRAKE_COOLING' });
    }
    await gateway.insert(commands).values({ ...header, tradeId: null, receivedAt: at });
  };
  const engaged = await brakeEngage(platform, 'stop');
  expect(engaged).toMatchObject({ ok: true, data: { brake: { state: 'engaging' } } });
  await expect(brakeRelease(platform, 'go on')).rejects.toMatchObject({
    code: 'BRAKE_COOLING',
    message: expect.stringContaining('until tomorrow'),
  });
  expect(asked).toEqual(['engageBrake', 'releaseBrake']);
  const shown = await runBallast(env(), 'brake', 'status');
  expect(shown).toMatchObject({
    code: 1,
    object: { ok: false, brake: { state: 'engaging', engagedAt: at }, venues: [venue] },
  });
  const { lines } = await brakeStatus(platform);
  expect(lines.at(-1)).toContain('NOT FLAT; orders left 2, positions left 1');
  expect(lines.at(-1)).toContain('not ours: bybit.linear:BTCUSDT');
});

test('brake engage is asked for anew when nobody took the command in time', async () => {
  const asked: string[] = [];
  answer = async (entry) => {
    const command = parseCommand(entry.payload);
    const { id, producer, nonce, type, actor, issuedAt, expiresAt, body } = command;
    const at = Date.now();
    asked.push(id);
    if (asked.length === 1) {
      const refusal = { producer, entryId: entry.entryId, commandId: id, refusedAt: at };
      await gateway
        .insert(commandRefusals)
        .values({ ...refusal, detail: 'too late', code: 'COMMAND_EXPIRED' });
      return;
    }
    const header = { id, producer, nonce, type, actor, issuedAt, expiresAt, body };
    await gateway.insert(commands).values({ ...header, tradeId: null, receivedAt: at });
  };
  const { data } = await brakeEngage(platform, 'again');
  expect(asked).toHaveLength(2);
  expect(data).toMatchObject({ commandId: asked[1] });
});

test('trade names an id that is none, instead of what the database says of it', async () => {
  await expect(trade(platform, 'x')).rejects.toMatchObject({ exitCode: 64 });
});
