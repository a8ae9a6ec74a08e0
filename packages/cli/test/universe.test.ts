import { randomBytes } from 'node:crypto';
import { type CommandEntry, consumeCommands, openBus } from '@ballast/bus';
import {
  addToUniverse,
  type Database,
  markListed,
  openDatabase,
  removeFromUniverse,
  saveInstruments,
  saveWatchlist,
  takeDataCommand,
} from '@ballast/db';
import {
  type Instrument,
  instrumentId,
  parseCommand,
  parseQuantity,
  parseScaled,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { findAccess } from '../src/access.ts';
import { universeChange, universeList } from '../src/commands/universe.ts';
import { watchlistList, watchlistSet } from '../src/commands/watchlist.ts';
import type { Platform } from '../src/platform.ts';
import { runBallast } from './ballast-process.fixture.ts';

const KEY = randomBytes(32).toString('hex');
const log = createLogger('test', 'silent');
const idOf = (symbol: string) => instrumentId('bybit', 'linear', symbol);
const [BTC, ETH] = [idOf('BTCUSDT'), idOf('ETHUSDT')];
const MANY = Array.from({ length: 150 }, (_, at) => idOf(`X${at}USDT`));
const asked: [type: string, count: number][] = [];

let database: TestDatabase;
let redis: TestRedis;
let platform: Platform;
let marketData: Database;
let reader: { stop(): Promise<void> };

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  marketData = openDatabase(database.urls['market-data'], { max: 1 });
  await saveInstruments(marketData, [BTC, ETH].map(listed), 1);
  const db = openDatabase(database.urls.cli, { max: 1 });
  const access = findAccess('unused', env());
  platform = { access, db, bus: openBus(redis.urls.cli, 'cli', log) };
  reader = consumeCommands(redis.urls['market-data'], {
    ...{ group: 'market-data', consumer: 'one', producers: ['cli'], log },
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
  await marketData.close();
  await Promise.all([database.drop(), redis.stop()]);
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

function listed(id: Instrument['id']): Instrument {
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  return {
    ...{ id, baseCurrency: 'X', quoteCurrency: 'USDT', ...quantities, minNotional: 0n },
    ...{ tickSize: parseScaled('0.1'), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
    ...{ sector: 'crypto', session: 'continuous' },
  };
}

/** As a market-data that carries out everything. */
async function take(entry: CommandEntry): Promise<void> {
  const command = parseCommand(entry.payload);
  const at = Date.now();
  await takeDataCommand(marketData, command, { entryId: entry.entryId, at }, async (tx) => {
    if (!('instruments' in command.body && 'reason' in command.body))
      throw new Error(`not expected: ${command.type}`);
    const { instruments, reason } = command.body;
    const stamp = { at, actor: command.actor, reason };
    asked.push([command.type, instruments.length]);
    if (command.type === 'addInstruments') {
      await addToUniverse(tx, instruments.map(listed), stamp);
    } else if (command.type === 'removeInstruments') {
      if (instruments.includes(BTC)) return { code: 'INSTRUMENT_HELD', detail: BTC };
      await removeFromUniverse(tx, instruments, stamp);
    } else if (command.type === 'setWatchlist') {
      const { name } = command.body;
      await saveWatchlist(tx, { name, instruments, updatedAt: at, actor: command.actor });
    }
    return null;
  });
}

test('what is streamed is listed, and not well when a venue lists it no more', async () => {
  const shown = { id: BTC, listed: true, tickSize: '0.1', sector: 'crypto', changed: null };
  expect(await runBallast(env(), 'universe', 'list')).toMatchObject({
    ...{ code: 0, object: { ok: true, count: 2, notListed: 0, instruments: [shown, {}] } },
  });
  await markListed(marketData, [ETH], false, 2);
  const report = await universeList(platform);
  expect(report).toMatchObject({ ok: false, data: { notListed: 1 } });
  expect(report.lines[1]).toMatch(/^NOT LISTED bybit\.linear:ETHUSDT tick 0\.1 lot 1 crypto/);
});

test('more than one command may name are asked for in several', async () => {
  const report = await universeChange(platform, 'addInstruments', MANY, 'all of them');
  expect(report).toMatchObject({ ok: true, data: { count: 152, missed: [] } });
  expect(asked).toEqual([
    ['addInstruments', 100],
    ['addInstruments', 50],
  ]);
  const [one] = MANY;
  const removed = await universeChange(platform, 'removeInstruments', [one ?? ''], 'enough');
  expect(removed).toMatchObject({ ok: true, data: { count: 151 } });
});

test('a refusal is said with its code, and wrong usage before anything is asked', async () => {
  asked.length = 0;
  const remove = universeChange(platform, 'removeInstruments', [BTC], 'x');
  await expect(remove).rejects.toMatchObject({ code: 'INSTRUMENT_HELD', exitCode: 1 });
  expect(asked).toHaveLength(1);
  const named = universeChange(platform, 'addInstruments', [ETH, 'BTCUSDT'], 'x');
  await expect(named).rejects.toMatchObject({ code: 'INSTRUMENT_ID_MALFORMED', exitCode: 64 });
  const list = watchlistSet(platform, 'No/slash', [BTC], 'x');
  await expect(list).rejects.toMatchObject({ code: 'USAGE', exitCode: 64 });
  expect(asked).toHaveLength(1);
});

test('a list is set as a whole, shown and removed', async () => {
  const set = await watchlistSet(platform, 'Majors', [ETH, BTC], 'mine');
  expect(set).toMatchObject({ ok: true, lines: [`Majors: ${ETH} ${BTC}`] });
  const one = { name: 'Majors', instruments: [ETH, BTC] };
  expect(await watchlistList(platform)).toMatchObject({ ok: true, data: { watchlists: [one] } });
  const removed = await watchlistSet(platform, 'Majors', [], 'enough');
  expect(removed).toMatchObject({ ok: true, lines: ['Majors is removed'] });
  expect(await watchlistList(platform)).toMatchObject({ lines: ['no lists'] });
});
