import { randomBytes } from 'node:crypto';
import {
  audit,
  AUDIT_START,
  auditHash,
  type Database,
  insertRows,
  openDatabase,
  orders,
  trades,
} from '@ballast/db';
import { parseScaled, uuidV7 } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { runBallast } from './ballast-process.fixture.ts';

const AT = Date.parse('2026-11-20T10:00:00Z');
const tradeId = uuidV7(AT, randomBytes(10));
let database: TestDatabase;
let redis: TestRedis;
let gateway: Database;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  gateway = openDatabase(database.urls['order-gateway'], { max: 1 });
  const client = await gateway.pool.connect();
  await insertRows(client, trades, [
    {
      ...{ id: tradeId, account: 'paper', instrument: 'x', direction: 'long', status: 'entering' },
      ...{ origin: 'ticket', signalId: null, plan: {}, state: {}, entryPrice: null, epoch: 1 },
      ...{ quantity: 0n, realisedCum: 0n, feesCum: 0n, createdAt: AT, updatedAt: AT },
    },
  ]);
  const order = { clientOrderId: 'o-1', role: 'entry', instrument: 'x', side: 'buy' };
  await insertRows(client, orders, [
    {
      ...{ ...order, tradeId, type: 'market', quantity: parseScaled('2'), price: null },
      ...{ triggerPrice: null, reduceOnly: false, status: 'submitting', venueOrderId: null },
      ...{ filledQuantityCum: 0n, reason: '', createdAt: AT, updatedAt: AT },
    },
  ]);
  client.release();
  const data = { ...order, quantity: '#2', reduceOnly: false, kind: { type: 'market' } };
  const row = { account: 'paper', seq: 1, at: AT, kind: 'orderCreated', callId: null, tradeId };
  const hash = auditHash(AUDIT_START, { ...row, data, epoch: 1 });
  await gateway.insert(audit).values({ ...row, data, previousHash: AUDIT_START, hash, epoch: 1 });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([database.drop(), redis.stop()]);
});

function ballast(...words: string[]) {
  const env = {
    BALLAST_DATABASE_URL: database.urls.cli,
    BALLAST_REDIS_URL: redis.urls.cli,
    BALLAST_ACCOUNT: 'paper',
    BALLAST_MODE: 'paper',
    BALLAST_COMMAND_KEY_CLI: randomBytes(32).toString('hex'),
  };
  return runBallast(env, ...words);
}

test('trade: what an order asked for stands with its rows', async () => {
  const { code, object } = await ballast('trade', tradeId);
  const audited = expect.objectContaining({
    kind: 'audit',
    text: '#1 orderCreated entry buy 2 at market',
  });
  const ordered = expect.objectContaining({
    text: 'entry buy 2 at market submitting o-1',
  });
  expect({ code, object }).toMatchObject({
    ...{ code: 0, object: { timeline: expect.arrayContaining([audited, ordered]) } },
  });
});

test('audit rebuild: tables that say what the chain says, then one that was edited', async () => {
  const counted = { rows: 1, orders: 1, fills: 0, positions: 0 };
  const same = { ok: true, account: 'paper', day: null, ...counted, differences: [] };
  expect(await ballast('audit', 'rebuild')).toMatchObject({ code: 0, object: same });
  await queryOnce(database.ownerUrl, `UPDATE orders SET status = 'filled', quantity = 3`);
  const difference = {
    ...{ what: 'order', id: 'o-1' },
    audit: { quantity: '2', status: 'submitting' },
    table: { quantity: '3', status: 'filled' },
  };
  const differs = { ...same, ok: false, differences: [difference] };
  expect(await ballast('audit', 'rebuild')).toMatchObject({ code: 1, object: differs });
  const day = '2026-11-20';
  expect(await ballast('audit', 'rebuild', '--day', day)).toMatchObject({
    code: 1,
    object: { ...differs, day },
  });
});

test('another day has nothing to compare, and a day that is none is refused', async () => {
  expect(await ballast('audit', 'rebuild', '--day', '2026-11-21')).toMatchObject({
    ...{ code: 0, object: { ok: true, orders: 0, differences: [] } },
  });
  for (const day of ['2026-13-01', '2026-02-30', 'today', '2026-1-1']) {
    const refused = { ok: false, error: { code: 'DAY_MALFORMED' } };
    expect(await ballast('audit', 'rebuild', '--day', day)).toMatchObject({
      code: 64,
      object: refused,
    });
  }
});
