import { instrumentId, parseScaled } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { loadOpenTradeStates } from '../src/queries/order-gateway.ts';
import { findTrade, listTrades } from '../src/queries/read-only/trade-list.ts';
import { loadTradeRecord, recentFills } from '../src/queries/read-only/trade-record.ts';
import { loadRiskFacts, newestBalance } from '../src/queries/risk-facts.ts';
import {
  brakeInForce,
  newestBrakeState,
  strategySwitchesInForce,
  switchesInForce,
} from '../src/queries/settings-in-force.ts';
import { unfinishedTrade } from '../src/queries/strategy-worker.ts';
import { brakeStates, fills, portfolioSnapshots, trades } from '../src/tables/order-gateway.ts';
import { strategySwitches } from '../src/tables/supervisor.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const idOf = (n: number): string => `01936c1e-0000-7000-8000-00000000000${n}`;

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.ownerUrl);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

test('the brake state written last is in force, whatever clock and id say, for every reader', async () => {
  expect(await brakeInForce(db, 'paper')).toBe('unreadable');
  const row = { account: 'paper', reason: 'test', actor: 'test', progress: [] };
  await db.insert(brakeStates).values([
    { ...row, id: idOf(2), at: 9, state: 'released' },
    { ...row, id: idOf(1), at: 5, state: 'engaging', engagedAt: 5 },
  ]);
  expect(await newestBrakeState(db, 'paper')).toMatchObject({ engaged: true });
  expect(await brakeInForce(db, 'paper')).toBe('engaged');
});

test('of two switches of one moment the one written last is in force, and none of the future', async () => {
  const row = {
    ...{ strategy: 'momentum', switch: 'buy' as const, effectiveFrom: 5 },
    ...{ actor: 'operator', reason: 'test' },
  };
  await db.insert(strategySwitches).values([
    { ...row, id: idOf(2), on: false },
    { ...row, id: idOf(1), on: true },
    { ...row, id: idOf(3), on: false, effectiveFrom: 7 },
  ]);
  expect(await switchesInForce(db, 6)).toMatchObject([{ strategy: 'momentum', buy: true }]);
  expect(await switchesInForce(db, 4)).toEqual([]);
});

test('the three switches of a strategy are in force beside each other', async () => {
  const row = { strategy: 'mean-reversion', effectiveFrom: 5, actor: 'operator', reason: 'test' };
  await db.insert(strategySwitches).values([
    { ...row, id: idOf(4), switch: 'watchlist', on: true },
    { ...row, id: idOf(5), switch: 'sell', on: true, effectiveFrom: 6 },
    { ...row, id: idOf(6), switch: 'sell', on: false, effectiveFrom: 7 },
  ]);
  const at = async (moment: number) =>
    (await strategySwitchesInForce(db, moment)).flatMap(({ strategy, switch: name, on }) =>
      strategy === 'mean-reversion' ? [[name, on]] : [],
    );
  const watched = ['watchlist', true];
  expect(await at(5)).toEqual([watched]);
  expect(await at(6)).toEqual([['sell', true], watched]);
  expect(await at(7)).toEqual([['sell', false], watched]);
  expect((await switchesInForce(db, 7)).map(({ strategy }) => strategy)).toEqual(['momentum']);
});

test('the newest balance of the account', async () => {
  const row = { account: 'paper', currency: 'USDT', available: 1n };
  await db.insert(portfolioSnapshots).values([
    { ...row, at: 2, equity: 20n },
    { ...row, at: 1, equity: 10n },
    { ...row, account: 'other', at: 3, equity: 30n },
  ]);
  expect((await newestBalance(db, 'paper'))?.equity).toEqual({ amount: 20n, currency: 'USDT' });
  expect(await newestBalance(db, 'nobody')).toBeNull();
});

test('a trade is open until it has its end', async () => {
  const row = {
    account: 'paper',
    instrument: BTC,
    direction: 'long',
    origin: 'ticket',
    plan: {},
    quantity: 1n,
    realisedCum: 0n,
    feesCum: 0n,
    createdAt: 1,
    updatedAt: 1,
    epoch: 1,
  };
  await db.insert(trades).values([
    { ...row, id: idOf(1), status: 'closed', state: { n: 1 }, endedAt: 9 },
    { ...row, id: idOf(2), status: 'closing', state: { n: 2 } },
  ]);
  expect(await loadOpenTradeStates(db, 'paper')).toEqual([{ n: 2 }]);
  expect(await unfinishedTrade(db, 'paper', BTC)).toBe(idOf(2));
  const window = { now: 10, recentWithinMs: 0, gapsWithinMs: 0 };
  const { openTradeStates } = await loadRiskFacts(db, 'paper', BTC, window);
  expect(openTradeStates).toEqual([{ n: 2 }]);
  const listed = await listTrades(db, 'paper', { limit: 9, open: true });
  expect(listed.map(({ id }) => id)).toEqual([idOf(2)]);
  expect(await findTrade(db, 'paper', idOf(1))).toMatchObject({ status: 'closed', endedAt: 9 });
  expect(await findTrade(db, 'other', idOf(1))).toBeNull();
});

test('a closed trade keeps its quantity and its prices, which its flat position has not', async () => {
  const id = idOf(3);
  await db.insert(trades).values({
    ...{ id, account: 'flat', instrument: BTC, direction: 'short', status: 'closed' },
    ...{ origin: 'ticket', plan: {}, state: {}, quantity: 0n, entryPrice: null, epoch: 1 },
    ...{ realisedCum: 0n, feesCum: 0n, createdAt: 1, updatedAt: 1, endedAt: 9 },
  });
  const fill = (n: number, side: string, price: string, quantity: string) => ({
    ...{ venue: 'bybit', account: 'flat', executionId: `${n}`, clientOrderId: `o${n}` },
    ...{ venueOrderId: `v${n}`, tradeId: id, instrument: BTC, side },
    ...{ price: parseScaled(price), quantity: parseScaled(quantity), fee: 0n },
    ...{ feeCurrency: 'USDT', liquidity: 'taker', channel: 'stream', eventTime: n, bookedAt: n },
  });
  await db
    .insert(fills)
    .values([
      fill(1, 'sell', '100', '1'),
      fill(2, 'sell', '103', '2'),
      fill(3, 'buy', '99.5', '3'),
    ]);
  const kept = { enteredQuantityCum: '3', averageEntryPrice: '102', averageExitPrice: '99.5' };
  expect(await findTrade(db, 'flat', id)).toMatchObject({ quantity: '0', ...kept });
  expect(await listTrades(db, 'flat', { limit: 9, open: false })).toMatchObject([kept]);
  expect((await loadTradeRecord(db, 'flat', id))?.trade).toMatchObject(kept);
  expect(await findTrade(db, 'paper', idOf(2))).toMatchObject({
    ...{ enteredQuantityCum: '0', averageEntryPrice: null, averageExitPrice: null },
  });
});

test('the chart marks each execution once, as it is in force, and none that was taken back', async () => {
  const [record, trade] = [idOf(4), idOf(5)];
  const row = {
    ...{ account: 'marks', instrument: BTC, direction: 'long', origin: 'ticket', plan: {} },
    ...{ state: {}, quantity: 0n, realisedCum: 0n, feesCum: 0n, createdAt: 1, updatedAt: 1 },
  };
  await db.insert(trades).values([
    { ...row, id: record, status: 'settled', epoch: 1 },
    { ...row, id: trade, status: 'open', epoch: 1 },
  ]);
  const told = (executionId: string, tradeId: string, revision: number, quantity: bigint) => ({
    ...{ venue: 'bybit', account: 'marks', executionId, tradeId, revision, quantity },
    ...{ clientOrderId: '', venueOrderId: 'v', instrument: BTC, side: 'sell', price: 9n, fee: 0n },
    ...{ feeCurrency: 'USDT', liquidity: 'taker', channel: 'stream', eventTime: 1, bookedAt: 1 },
  });
  await db
    .insert(fills)
    .values([
      told('given', record, 0, 2n),
      told('given', trade, 1, 2n),
      told('gone', trade, 0, 3n),
      told('gone', trade, 1, 0n),
    ]);
  const marked = await recentFills(db, 'marks', BTC, 9);
  expect(marked.map(({ tradeId, quantity }) => [tradeId, quantity])).toEqual([[trade, 2n]]);
});
