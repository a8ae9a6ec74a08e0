import { randomBytes } from 'node:crypto';
import {
  brakeStates,
  type Database,
  openDatabase,
  portfolioSnapshots,
  saveInstruments,
  takeConfigurationCommand,
} from '@ballast/db';
import {
  type Bar,
  type CommandId,
  type Instrument,
  instrumentWire,
  type MarketEvent,
  parseScaled,
  parseUuid,
  uuidV7,
} from '@ballast/domain';
import { createTestDatabase } from '../../../tools/stores/test-stores.ts';

export const ACCOUNT = 'paper';
export const MINUTE = 60_000;
/** A whole minute of 2025; bars of the tests begin there. */
export const START = 1_760_000_040_000;

/** A migrated database with a connection for each role that a worker's surroundings write with. */
export async function openWorkerStores() {
  const database = await createTestDatabase();
  const marketData = openDatabase(database.urls['market-data'], { max: 1 });
  const supervisor = openDatabase(database.urls.supervisor, { max: 1 });
  const gateway = openDatabase(database.urls['order-gateway'], { max: 1 });
  const worker = openDatabase(database.urls['strategy-worker']);
  return {
    url: database.urls['strategy-worker'],
    marketData,
    supervisor,
    gateway,
    worker,
    saveBrake: (state: BrakeState) => saveBrake(gateway, state),
    saveEquity: (equity: string, at: number) => saveEquity(gateway, equity, at),
    setSwitch: (strategy: string, on: boolean, at: number, which: 'buy' | 'sell' = 'buy') =>
      setSwitch(supervisor, { strategy, switch: which, on }, at),
    setParameters: (strategy: string, parameters: Record<string, number | boolean>, at: number) =>
      setParameters(supervisor, { strategy, parameters }, at),
    async close() {
      await Promise.all([marketData, supervisor, gateway, worker].map((db) => db.close()));
      await database.drop();
    },
  };
}

type BrakeState = (typeof brakeStates.$inferInsert)['state'];

async function saveBrake(gateway: Database, state: BrakeState): Promise<void> {
  const id = uuidV7(START, randomBytes(10));
  const by = { actor: 'ballast', reason: 'test', progress: [], at: START };
  await gateway.insert(brakeStates).values({ id, account: ACCOUNT, state, ...by });
}

async function saveEquity(gateway: Database, equity: string, at: number): Promise<void> {
  const amount = parseScaled(equity);
  await gateway
    .insert(portfolioSnapshots)
    .values({ account: ACCOUNT, at, currency: 'USDT', equity: amount, available: amount });
}

function headAt(at: number) {
  return {
    version: 1,
    id: parseUuid<CommandId>(uuidV7(at, randomBytes(10))),
    producer: 'dashboard',
    actor: 'operator',
    account: ACCOUNT,
    mode: 'paper',
    issuedAt: at,
    expiresAt: at + 1,
    nonce: randomBytes(16).toString('hex'),
  } as const;
}

async function setSwitch(
  supervisor: Database,
  set: { readonly strategy: string; readonly switch: 'buy' | 'sell'; readonly on: boolean },
  at: number,
): Promise<string> {
  const head = headAt(at);
  const override = set.switch === 'buy' && set.on ? { override: true } : {};
  const body = { ...set, ...override, reason: 'test' };
  await takeConfigurationCommand(
    supervisor,
    { ...head, type: 'setStrategySwitch', body },
    head.id,
    at,
  );
  return head.id;
}

async function setParameters(
  supervisor: Database,
  set: { readonly strategy: string; readonly parameters: Record<string, number | boolean> },
  at: number,
): Promise<void> {
  const head = headAt(at);
  const body = { ...set, reason: 'test' };
  const command = { ...head, type: 'setStrategyParameters', body } as const;
  await takeConfigurationCommand(supervisor, command, head.id, at);
}

/** An instrument of its own for each run, so that runs do not see each other's trades. */
export async function saveInstrument(
  marketData: Database,
  symbol: string,
  market = 'bybit.linear',
): Promise<Instrument> {
  const instrument = instrumentWire.parse({
    id: `${market}:${symbol}`,
    baseCurrency: 'BTC',
    quoteCurrency: 'USDT',
    tickSize: '0.1',
    lotSize: '0.001',
    minQuantity: '0.001',
    maxQuantity: '1000',
    minNotional: '5',
    multiplier: '1',
    session: 'continuous',
  });
  await saveInstruments(marketData, [instrument], 1);
  return instrument;
}

/** Closed bars from a list of price changes, one a minute from `start` (epoch ms) on. */
export function walk(instrument: Instrument, start: number, changes: readonly number[]): Bar[] {
  let close = 10_000;
  return changes.map((change, i) => {
    const open = close;
    close = Math.max(100, close + change);
    return {
      instrument: instrument.id,
      timeframe: '1m',
      openTime: start + i * MINUTE,
      open: String(open),
      high: String(Math.max(open, close) + 3),
      low: String(Math.min(open, close) - 3),
      close: String(close),
      volume: '1',
      tradeCount: 1,
      state: 'closed',
      source: 'bybit',
      builtFrom: 'trades',
      missing: 0,
    };
  });
}

/** What the stream brings when a bar closes: the quote of that moment, then the bar. */
export function eventsAt(bar: Bar, quoteTime: number): MarketEvent[] {
  const quote = {
    instrument: bar.instrument,
    source: bar.source,
    bid: bar.close,
    bidQuantity: '1',
    ask: bar.close,
    askQuantity: '1',
    last: bar.close,
    eventTime: quoteTime,
    receivedTime: quoteTime,
  };
  return [
    { kind: 'quote', quote },
    { kind: 'bar', bar },
  ];
}

/** Sixty minutes up, sixty down: crosses and stretches for both strategies. */
export function swingingChanges(length: number, slope = 9): number[] {
  return Array.from({ length }, (_, i) => {
    const direction = Math.floor(i / 60) % 2 === 0 ? 1 : -1;
    return direction * slope + ((i * 7_919) % 11) - 5;
  });
}
