import { randomBytes } from 'node:crypto';
import { type CommandEntry, consumeCommands, openBus } from '@ballast/bus';
import { commands, type Database, incidents, openDatabase, trades } from '@ballast/db';
import { parseCommand, uuidV7 } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { findAccess } from '../src/access.ts';
import { closeAll } from '../src/commands/close-all.ts';
import { orphans } from '../src/commands/orders.ts';
import { settle, thaw } from '../src/commands/positions.ts';
import type { Platform } from '../src/platform.ts';
import { runBallast } from './ballast-process.fixture.ts';

const KEY = randomBytes(32).toString('hex');
const BTC = 'bybit.linear:BTCUSDT';
const log = createLogger('test', 'silent');
const newId = () => uuidV7(Date.now(), randomBytes(10));

let database: TestDatabase;
let redis: TestRedis;
let platform: Platform;
let gateway: Database;
let reader: { stop(): Promise<void> };
const asked: [string, unknown][] = [];

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  gateway = openDatabase(database.urls['order-gateway'], { max: 1 });
  const access = findAccess('unused', env());
  const db = openDatabase(database.urls.cli, { max: 1 });
  platform = { access, db, bus: openBus(redis.urls.cli, 'cli', log) };
  reader = consumeCommands(redis.urls['order-gateway'], {
    ...{ group: 'order-gateway', consumer: 'paper', producers: ['cli'], log },
    onFail: () => undefined,
    async onBatch(entries) {
      for (const entry of entries) await take(entry);
    },
  });
});
afterAll(async () => {
  await reader.stop();
  await platform.bus.close();
  await platform.db.close();
  await gateway.close();
  await Promise.all([database.drop(), redis.stop()]);
});

/** As a gateway that carries out everything. */
async function take(entry: CommandEntry): Promise<void> {
  const command = parseCommand(entry.payload);
  const { id, producer, nonce, type, actor, issuedAt, expiresAt, body } = command;
  asked.push([type, body]);
  const header = { id, producer, nonce, type, actor, issuedAt, expiresAt, body };
  await gateway.insert(commands).values({ ...header, tradeId: null, receivedAt: Date.now() });
}

test('orders that are not ours are listed, and counted against what is expected', async () => {
  const none = await runBallast(env(), 'orders', 'orphans', '--expect', '0');
  expect(none).toMatchObject({ code: 0, object: { ok: true, orphans: [], count: 0, expected: 0 } });
  const report = {
    ...{ clientOrderId: '', venueOrderId: 'v-1', instrument: BTC, status: 'working' },
    ...{ side: 'sell', quantity: '#0.1', filledQuantityCum: '#0', reason: '', eventTime: 1 },
  };
  const row = { account: 'paper', kind: 'FOREIGN_ORDER', instrument: BTC, detail: 'order v-1' };
  const open = { ...row, evidence: report, openedAt: 5 };
  await gateway.insert(incidents).values([
    { id: newId(), ...open },
    { id: newId(), ...open, resolvedAt: 6, resolution: 'no longer open at the venue' },
  ]);
  const shown = { instrument: BTC, venueOrderId: 'v-1', side: 'sell', quantity: '0.1', seenAt: 5 };
  expect(await runBallast(env(), 'orders', 'orphans', '--expect', '0')).toMatchObject({
    ...{ code: 1, object: { ok: false, orphans: [shown], count: 1, expected: 0 } },
  });
  const { ok, lines } = await orphans(platform, undefined);
  expect([ok, lines[0]]).toEqual([true, 'orders that are not ours: 1']);
  expect(lines[1]).toContain(`${BTC} sell 0.1 venue order v-1`);
});

test('settle and thaw ask the gateway with the reason, and say what is still open', async () => {
  const drift = { account: 'paper', kind: 'DRIFT', instrument: BTC, detail: 'ledger 0, venue 1' };
  const thawed = { thawedAt: 7, thawedBy: 'me: known' };
  const row = { id: newId(), ...drift, ...thawed, evidence: {}, openedAt: 5 };
  await gateway.insert(incidents).values(row);
  const settled = await settle(platform, BTC, 'bought by hand');
  const lifted = await thaw(platform, BTC, 'known');
  expect(asked).toEqual([
    ['settleUnattributed', { instrument: BTC, reason: 'bought by hand' }],
    ['thawInstrument', { instrument: BTC, reason: 'known' }],
  ]);
  expect(settled.ok).toBe(true);
  expect(lifted.lines).toContain('open: DRIFT ledger 0, venue 1 (thawed by me: known)');
});

test('settle can say which trade the fills have reduced, and tells what became of it', async () => {
  const tradeId = newId();
  const closed = { status: 'closed', endedAt: 9, endReason: 'CLOSE AND BY_HAND' };
  const row = { account: 'paper', instrument: BTC, direction: 'long', origin: 'ticket', ...closed };
  const none = { quantity: 0n, realisedCum: 0n, feesCum: 0n };
  const made = { plan: {}, state: {}, epoch: 1, createdAt: 1, updatedAt: 9 };
  await gateway.insert(trades).values({ id: tradeId, ...row, ...none, ...made });
  asked.length = 0;
  const args = ['positions', 'settle', BTC, '--to-trade', tradeId, '--reason', 'closed by hand'];
  const { code, object } = await runBallast(env(), ...args);
  const body = { instrument: BTC, reason: 'closed by hand', tradeId };
  expect(asked).toEqual([['settleUnattributed', body]]);
  const trade = { tradeId, status: 'closed', quantity: '0', endReason: 'CLOSE AND BY_HAND' };
  expect([code, object]).toMatchObject([0, { ok: true, trade }]);
  const { lines } = await settle(platform, BTC, 'closed by hand', tradeId);
  expect(lines).toContain(`trade ${tradeId} is closed: CLOSE AND BY_HAND, holds 0`);
  await expect(settle(platform, BTC, 'mine', 'no id')).rejects.toMatchObject({
    code: 'ID_MALFORMED',
  });
  expect(asked).toHaveLength(2);
});

test('close-all does not wait for what Ballast did not do', async () => {
  const id = newId();
  const none = { quantity: 0n, realisedCum: 0n, feesCum: 0n };
  const foreign = { account: 'paper', instrument: BTC, direction: 'long', status: 'carried' };
  const row = { id, ...foreign, origin: 'unattributed', plan: {}, state: {}, ...none, epoch: 1 };
  await gateway.insert(trades).values({ ...row, createdAt: 1, updatedAt: 1 });
  expect(await closeAll(platform, 'leaving')).toMatchObject({ ok: true, data: { trades: [] } });
});

function env(): Record<string, string> {
  return {
    ...{ BALLAST_DATABASE_URL: database.urls.cli, BALLAST_REDIS_URL: redis.urls.cli },
    ...{ BALLAST_ACCOUNT: 'paper', BALLAST_MODE: 'paper', BALLAST_COMMAND_KEY_CLI: KEY },
  };
}
