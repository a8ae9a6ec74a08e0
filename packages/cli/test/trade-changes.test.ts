import { randomBytes } from 'node:crypto';
import { type CommandEntry, consumeCommands, openBus } from '@ballast/bus';
import { commands, type Database, openDatabase, orders, trades } from '@ballast/db';
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
import { cancelEntry, moveStop, scaleOut } from '../src/commands/change-trade.ts';
import { closeAll } from '../src/commands/close-all.ts';
import type { Platform } from '../src/platform.ts';

const log = createLogger('test', 'fatal');
const newId = () => uuidV7(Date.now(), randomBytes(10));

let database: TestDatabase;
let redis: TestRedis;
let platform: Platform;
let gateway: Database;
let reader: { stop(): Promise<void> };
/** What the stand-in for the gateway does with a command. */
let answer: (entry: CommandEntry) => Promise<void> = async () => undefined;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  gateway = openDatabase(database.urls['order-gateway'], { max: 1 });
  const access = findAccess('unused', {
    BALLAST_DATABASE_URL: database.urls.cli,
    BALLAST_REDIS_URL: redis.urls.cli,
    BALLAST_ACCOUNT: 'paper',
    BALLAST_MODE: 'paper',
    BALLAST_COMMAND_KEY_CLI: randomBytes(32).toString('hex'),
  });
  platform = {
    access,
    db: openDatabase(access.databaseUrl, { max: 1 }),
    bus: openBus(access.redisUrl, 'cli', log),
  };
  reader = consumeCommands(redis.urls['order-gateway'], {
    group: 'order-gateway',
    consumer: 'test',
    producers: ['cli'],
    onBatch: async (entries) => {
      for (const entry of entries) await answer(entry);
    },
    log,
  });
});
afterAll(async () => {
  await reader?.stop();
  const open = [gateway, platform?.db, platform?.bus];
  await Promise.all(open.map((connection) => connection?.close()));
  await redis?.stop();
  await database?.drop();
});

test('a change waits until no order is on its way any more; close-all until nothing is open', async () => {
  const at = Date.now();
  const tradeId = newId();
  const common = { instrument: 'bybit.linear:BTCUSDT', createdAt: at, updatedAt: at };
  await gateway.insert(trades).values({
    ...{ ...common, id: tradeId, account: 'paper', direction: 'long', status: 'open' },
    ...{ origin: 'ticket', plan: {}, state: {}, epoch: 1 },
    ...{ quantity: 10n ** 18n, realisedCum: 0n, feesCum: 0n },
  });
  const stopOnItsWay = {
    ...{ ...common, clientOrderId: 'stop-1', tradeId, role: 'stop', side: 'sell', type: 'stop' },
    ...{ quantity: 10n ** 18n, price: 95n * 10n ** 18n, reduceOnly: true },
    ...{ status: 'submitting', filledQuantityCum: 0n, reason: '' },
  };
  const types: string[] = [];
  let looks = 0;
  answer = async (entry) => {
    const { body, ...command } = parseCommand(entry.payload);
    const about = 'tradeId' in body ? body.tradeId : null;
    types.push(command.type);
    if (command.type === 'moveStop') await gateway.insert(orders).values(stopOnItsWay);
    // Last, as in the gateway's one commit: who sees the command taken sees its order too.
    await gateway
      .insert(commands)
      .values({ ...command, tradeId: about, body: {}, receivedAt: Date.now() });
    looks = 0;
  };
  const watched: Platform = {
    ...platform,
    db: Object.create(platform.db, {
      transaction: {
        value(...asked: Parameters<Database['transaction']>) {
          looks += 1;
          return platform.db.transaction(...asked);
        },
      },
      select: {
        value(...asked: Parameters<Database['select']>) {
          looks += 1;
          return platform.db.select(...asked);
        },
      },
    }),
  };
  /** It has been carried out for a while, and is still looked after. */
  const waitedFor = (type: string) =>
    vi.waitFor(() => expect([types.at(-1), looks > 8]).toEqual([type, true]), 8_000);

  const moving = moveStop(watched, tradeId, '95', 'half way');
  await waitedFor('moveStop');
  await gateway.update(orders).set({ status: 'working' });
  expect(await moving).toMatchObject({
    ok: true,
    data: { tradeId, status: 'open', working: [{ role: 'stop', price: '95' }] },
    lines: [`trade ${tradeId} is open`, '  stop sell 1 at 95'],
  });
  const half = { fraction: '0.5' };
  expect(await scaleOut(platform, tradeId, half, 'half off')).toMatchObject({ ok: true });
  expect(await cancelEntry(platform, tradeId, 'late')).toMatchObject({ ok: true });
  const unknown = cancelEntry(platform, newId(), 'late');
  await expect(unknown).rejects.toMatchObject({ code: 'TRADE_UNKNOWN' });

  const closing = closeAll(watched, 'leaving');
  await waitedFor('closeAll');
  await gateway.update(trades).set({ status: 'closed', endedAt: Date.now() });
  expect(await closing).toMatchObject({ ok: true, data: { trades: [{ tradeId }] } });
  expect(await closeAll(platform, 'again')).toMatchObject({ ok: true, lines: ['nothing is open'] });
  expect(types).toEqual(['moveStop', 'scaleOut', 'cancelEntry', 'closeAll', 'closeAll']);
});
