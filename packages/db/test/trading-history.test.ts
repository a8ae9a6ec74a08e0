import {
  formatMoney,
  instrumentId,
  type InstrumentId,
  parseQuantity,
  parseScaled,
  tradePlanToWire,
  tradePlanWire,
} from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { endGap, loadGaps, recordLook } from '../src/queries/bar-coverage.ts';
import { saveInstruments } from '../src/queries/market-data.ts';
import { type EntryQuestion, loadEntryFacts } from '../src/queries/trading-history.ts';
import { trades } from '../src/tables/order-gateway.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const BTC_EUR = instrumentId('bybit', 'spot', 'BTCEUR');
const DAY_MS = 86_400_000;
const MIDNIGHT = 20_000 * DAY_MS;
const NOON = MIDNIGHT + DAY_MS / 2;
const plan = tradePlanWire.parse({
  instrument: BTC,
  direction: 'long',
  entry: { type: 'market' },
  stop: '90',
  takeProfit: { style: 'single', target: '110' },
  quantity: '1',
  origin: { kind: 'ticket' },
});

let database: TestDatabase;
let db: Database;
let rows = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.ownerUrl);
  const step = parseScaled('0.1');
  const limits = { tickSize: step, lotSize: step, minNotional: 0n, multiplier: parseScaled('1') };
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  const kind = { sector: 'crypto', session: 'continuous', baseCurrency: 'BTC' } as const;
  const shared = { ...limits, ...quantities, ...kind };
  const listed = [
    { ...shared, id: BTC, quoteCurrency: 'USDT' },
    { ...shared, id: BTC_EUR, quoteCurrency: 'EUR' },
  ];
  await saveInstruments(db, listed, 1);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

type Story = { status?: string; createdAt?: number; endedAt?: number | null; account?: string };

async function store(
  realised: string,
  fees: string,
  { status = 'closed', createdAt = 1, endedAt = NOON, account = 'paper' }: Story = {},
  instrument: InstrumentId = BTC,
): Promise<string> {
  rows += 1;
  const id = `01936c1e-0000-7000-8000-${String(rows).padStart(12, '0')}`;
  await db.insert(trades).values({
    ...{ id, account, instrument, status, createdAt, endedAt, direction: 'long', origin: 'ticket' },
    ...{ plan: tradePlanToWire(plan), state: {}, quantity: 0n, updatedAt: 1, epoch: 1 },
    ...{ realisedCum: parseScaled(realised), feesCum: parseScaled(fees) },
  });
  return id;
}

const ask = (account: string, asked: Partial<EntryQuestion>) =>
  loadEntryFacts(db, account, {
    ...{ now: NOON, recentWithinMs: 10_000, instruments: [], gapsWithinMs: 0 },
    ...asked,
  });
const historyOf = async (account: string, asked: Partial<EntryQuestion> = {}) =>
  (await ask(account, asked)).history;

test('an account without trades has an empty history', async () => {
  expect(await historyOf('nobody')).toEqual({ realisedToday: [], results: [], recentPlans: [] });
});

test('results are after fees, newest first; the day begins at midnight UTC', async () => {
  await store('5', '1', { endedAt: MIDNIGHT - 1 });
  await store('-10', '2.5', { endedAt: MIDNIGHT });
  await store('1', '0.25', { endedAt: NOON });
  await store('-3', '0', { endedAt: NOON - 1 }, BTC_EUR);
  await store('-99', '0', { endedAt: NOON, account: 'other' });
  await store('0', '0', { endedAt: NOON, status: 'denied' });
  const window = { now: NOON + 1, recentWithinMs: 0 };
  const { realisedToday, results } = await historyOf('paper', window);
  const shown = realisedToday.map((money) => `${formatMoney(money)} ${money.currency}`);
  expect(shown.toSorted()).toEqual(['-11.75 USDT', '-3 EUR']);
  expect(results.map(({ realised }) => formatMoney(realised))).toEqual([
    ...['0.75', '-3', '-12.5', '4'],
  ]);
  expect(results.map(({ endedAt }) => endedAt)).toEqual([
    ...[NOON, NOON - 1, MIDNIGHT, MIDNIGHT - 1],
  ]);
});

test('recent plans are those within the window that were not denied, open ones included', async () => {
  const account = 'recent';
  const open = { endedAt: null, account };
  const id = await store('0', '0', { ...open, status: 'entering', createdAt: NOON - 10_000 });
  await store('0', '0', { ...open, status: 'entering', createdAt: NOON - 10_001 });
  await store('0', '0', { status: 'denied', account, createdAt: NOON - 1 });
  const { recentPlans } = await historyOf(account);
  expect(recentPlans).toEqual([{ tradeId: id, plan, createdAt: NOON - 10_000 }]);
});

test('coverage: gaps of minutes that are open and reach into the window, of who is asked about', async () => {
  const minute = (count: number): number => NOON - count * 60_000;
  const gap = (from: number, to: number) => ({
    ...{ from: minute(from), to: minute(to), bars: from - to + 1 },
  });
  const look = { fromTime: minute(90), checkedUntil: minute(1), now: NOON };
  const gaps = [gap(80, 61), gap(70, 60), gap(30, 21), gap(9, 9)];
  await recordLook(db, { ...look, instrument: BTC, timeframe: '1m', gaps });
  await recordLook(db, { ...look, instrument: BTC, timeframe: '5m', gaps: [gap(5, 5)] });
  await recordLook(db, { ...look, instrument: BTC_EUR, timeframe: '1m', gaps: [gap(7, 7)] });
  const range = { timeframe: '1m', from: minute(30), to: minute(21) } as const;
  const filled = await loadGaps(db, { instrument: BTC, ...range });
  for (const one of filled) await endGap(db, one, { rest: [], now: NOON });
  const unknown = instrumentId('bybit', 'linear', 'NOSUCH');
  const asked = { instruments: [BTC, unknown], gapsWithinMs: 60 * 60_000 };
  const shown = ({ from, to, bars }: ReturnType<typeof gap>) => ({
    ...{ fromTime: from, toTime: to, bars },
  });
  expect((await ask('nobody', asked)).coverage).toEqual([
    { instrument: BTC, checkedUntil: minute(1), gaps: [shown(gap(70, 60)), shown(gap(9, 9))] },
  ]);
  expect((await ask('nobody', { gapsWithinMs: 3_600_000 })).coverage).toEqual([]);
});
