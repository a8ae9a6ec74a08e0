import { randomBytes } from 'node:crypto';
import { type Database, openDatabase, saveInstruments } from '@ballast/db';
import {
  type Command,
  commandWire,
  type Fill,
  type Instrument,
  instrumentId,
  type InstrumentId,
  parsePrice,
  parseQuantity,
  parseScaled,
  type Quantity,
  type Quote,
  type TradeId,
  type TradePlanWire,
  uuidV7,
  type VenueBalance,
  type VenueCapabilities,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { openTrade, type Trade } from '@ballast/order-core';
import { SYSTEM_CLOCK } from '../src/clock.ts';
import type { Journal } from '../src/journal/journal.ts';
import { openJournal } from '../src/journal/open-journal.ts';
import type { StagedEffect } from '../src/journal/stage.ts';
import type { Work } from '../src/journal/work.ts';
import { postgresStore } from '../src/store/postgres-store.ts';
import type { Store } from '../src/store/store.ts';

export const ACCOUNT = 'paper';
export const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
export const ETH = instrumentId('bybit', 'linear', 'ETHUSDT');
/** A venue that clips exits to the position. */
export const REDUCE_ONLY: VenueCapabilities = {
  markets: [{ market: 'bybit.linear', endings: null }],
  exits: 'reduceOnly',
  shorting: true,
  postOnly: true,
  timesInForce: ['gtc', 'ioc', 'fok'],
  requestSettlesMs: 5_000,
  executionsKeptMs: 86_400_000,
};
export const newId = (): string => uuidV7(Date.now(), randomBytes(10));

const instrument: Instrument = {
  id: BTC,
  baseCurrency: 'BTC',
  quoteCurrency: 'USDT',
  tickSize: parseScaled('0.1'),
  lotSize: parseScaled('0.001'),
  minQuantity: parseQuantity('0.001'),
  maxQuantity: parseQuantity('100'),
  minNotional: parseScaled('5'),
  multiplier: parseScaled('1'),
  sector: 'crypto',
  session: 'continuous',
};

export function quoteNow(of: InstrumentId): Quote {
  return {
    instrument: of,
    source: 'bybit',
    bid: '49999.9',
    bidQuantity: '1',
    ask: '50000.1',
    askQuantity: '1',
    last: '50000',
    eventTime: Date.now(),
    receivedTime: Date.now(),
  };
}

/** All of it available. */
export function balanceOf(amount: string): VenueBalance {
  const equity = { amount: parseScaled(amount), currency: 'USDT' };
  return { currency: 'USDT', equity, available: equity };
}

export type TestGateway = {
  readonly journal: Journal;
  readonly effects: StagedEffect[];
  readonly fatal: Error[];
  readonly db: Database;
  readonly store: Store;
  /** The quote of BTC as it is now, with these parts changed. */
  setQuote(change: Partial<Quote>): void;
  close(): Promise<void>;
};

/**
 * A journal on a real database, with a fresh quote and 100,000 USDT;
 * effects are kept instead of performed.
 */
export async function startGateway(
  databaseUrl: string,
  change: {
    behind?: string | null;
    available?: string;
    equalIn?: (instrument: InstrumentId) => Quantity | null;
    capabilities?: VenueCapabilities;
  } = {},
): Promise<TestGateway> {
  const { behind = null, available = '100000', equalIn = () => null } = change;
  const startedAt = Date.now();
  const db = openDatabase(databaseUrl, { onError: () => undefined });
  const effects: StagedEffect[] = [];
  const fatal: Error[] = [];
  const quotes = new Map<InstrumentId, Quote>([BTC, ETH].map((id) => [id, quoteNow(id)]));
  const store = postgresStore(db, ACCOUNT);
  const journal = await openJournal({
    store,
    account: ACCOUNT,
    capabilities: change.capabilities ?? REDUCE_ONLY,
    quotes,
    behind: () => behind,
    equalIn,
    balance: () => ({ ...balanceOf('100000'), available: balanceOf(available).available }),
    balanceAt: () => startedAt,
    perform: (staged) => effects.push(...staged),
    fatal: (error) => fatal.push(error),
    log: createLogger('test', 'fatal'),
    clock: SYSTEM_CLOCK,
    newId,
  });
  return {
    journal,
    effects,
    fatal,
    db,
    store,
    setQuote: (change) => quotes.set(BTC, { ...quoteNow(BTC), ...change }),
    async close() {
      await journal.close();
      await db.close();
    },
  };
}

/** Stored as market-data would: with the role that owns the table. */
export async function storeInstruments(marketDataUrl: string): Promise<void> {
  const db = openDatabase(marketDataUrl);
  const other = { ...instrument, id: ETH, baseCurrency: 'ETH' };
  await saveInstruments(db, [instrument, other], Date.now());
  await db.close();
}

export function openCommand(
  change: {
    id?: string;
    nonce?: string;
    quantity?: string;
    lifeMs?: number;
    instrument?: InstrumentId;
    /** Parts of the plan that differ. */
    plan?: Partial<TradePlanWire>;
  } = {},
): Command {
  return commandWire.parse({
    ...header(change),
    type: 'openTrade',
    body: {
      tradeId: newId(),
      plan: {
        instrument: change.instrument ?? BTC,
        direction: 'long',
        entry: { type: 'market' },
        stop: '49500',
        takeProfit: { style: 'single', target: '50500' },
        quantity: change.quantity ?? '0.1',
        origin: { kind: 'ticket' },
        ...change.plan,
      },
    },
  });
}

/** As stored by the transaction that took the command. */
export function openedTrade(command: Command): Trade {
  if (command.type !== 'openTrade') throw new Error(command.type);
  const { tradeId: id, plan } = command.body;
  const terms = { instrument, capabilities: REDUCE_ONLY, verdicts: [] };
  return openTrade({ id, account: ACCOUNT, plan, at: Date.now(), ...terms }).trade;
}

export function closeCommand(tradeId: TradeId): Command {
  return changeCommand('closeTrade', { tradeId });
}

/** A change of a trade, or of all of them, as the operator asks for it. */
export function changeCommand(
  type: 'closeTrade' | 'moveStop' | 'scaleOut' | 'cancelEntry' | 'closeAll',
  body: object,
): Command {
  return commandWire.parse({ ...header({}), type, body: { reason: 'test', ...body } });
}

function header(change: { id?: string; nonce?: string; lifeMs?: number }) {
  const issuedAt = Date.now();
  return {
    version: 1,
    id: change.id ?? newId(),
    producer: 'dashboard',
    actor: 'operator',
    account: ACCOUNT,
    mode: 'paper',
    issuedAt,
    expiresAt: issuedAt + (change.lifeMs ?? 8_000),
    nonce: change.nonce ?? randomBytes(16).toString('hex'),
  };
}

export function asWork(command: Command): Work {
  return { type: 'command', entryId: '1-1', command, at: Date.now(), expired: false };
}

export function tradeIdOf(command: Command): TradeId {
  const id = 'tradeId' in command.body ? command.body.tradeId : undefined;
  if (id === undefined) throw new Error('command has no trade');
  return id;
}

export function fillOf(clientOrderId: string, quantity: string, executionId = newId()): Fill {
  return {
    venue: 'bybit',
    account: ACCOUNT,
    executionId,
    revision: 0,
    clientOrderId,
    venueOrderId: 'venue-1',
    instrument: BTC,
    side: 'buy',
    price: parsePrice('50000.1'),
    quantity: parseQuantity(quantity),
    fee: { amount: parseScaled('2.5'), currency: 'USDT' },
    liquidity: 'taker',
    eventTime: Date.now(),
  };
}
