import {
  brakeStates,
  type Database,
  portfolioSnapshots,
  saveBars,
  saveInstruments,
  watchlists,
} from '@ballast/db';
import {
  type Bar,
  type Instrument,
  instrumentId,
  parseQuantity,
  parseScaled,
  parseUuid,
  type TradeId,
  uuidV7,
  type VenueConditions,
} from '@ballast/domain';

export const ACCOUNT = 'paper';

const LISTED: readonly [symbol: string, base: string, tick: string, lot: string, price: number][] =
  [
    ['BTCUSDT', 'BTC', '0.1', '0.001', 64_231.5],
    ['ETHUSDT', 'ETH', '0.01', '0.01', 3_148.22],
    ['SOLUSDT', 'SOL', '0.01', '0.1', 151.37],
    ['XRPUSDT', 'XRP', '0.0001', '1', 0.5821],
    ['DOGEUSDT', 'DOGE', '0.00001', '1', 0.12345],
    ['LINKUSDT', 'LINK', '0.001', '0.1', 14.212],
    ['1000PEPEUSDT', '1000PEPE', '0.0000001', '100', 0.0098213],
  ];

export const INSTRUMENTS: readonly Instrument[] = LISTED.map(([symbol, base, tick, lot]) => ({
  id: instrumentId('bybit', 'linear', symbol),
  baseCurrency: base,
  quoteCurrency: 'USDT',
  tickSize: parseScaled(tick),
  lotSize: parseScaled(lot),
  minQuantity: parseQuantity(lot),
  maxQuantity: parseQuantity('1000000'),
  minNotional: parseScaled('5'),
  multiplier: parseScaled('1'),
  sector: 'crypto',
  session: 'continuous',
}));

export const START_PRICES = new Map(LISTED.map(([symbol, , , , price]) => [symbol, price]));

/** Ids that are the same in every run: the counter is the randomness. */
export function sampleId(time: number, counter: number): string {
  const bytes = new Uint8Array(10);
  new DataView(bytes.buffer).setUint32(6, counter);
  return uuidV7(time, bytes);
}

export const tradeIdOf = (time: number, counter: number): TradeId =>
  parseUuid<TradeId>(sampleId(time, counter));

/**
 * Instruments, four hours of bars, a brake that is released and a balance: enough to plan a trade.
 */
export async function seedMarket(db: Database, now: number): Promise<void> {
  await saveInstruments(db, INSTRUMENTS, now);
  for (const instrument of INSTRUMENTS) await saveBars(db, walk(instrument, now));
  await db.insert(brakeStates).values({
    id: sampleId(now, 1),
    account: ACCOUNT,
    state: 'released',
    actor: 'ballast',
    progress: [],
    reason: 'first start',
    at: now - 7_200_000,
  });
  await db.insert(portfolioSnapshots).values({
    account: ACCOUNT,
    at: now - 60_000,
    currency: 'USDT',
    equity: parseScaled('100000'),
    available: parseScaled('92000'),
  });
}

/** Two lists of the operator's, each in an order of its own. */
export async function seedLists(db: Database, now: number): Promise<void> {
  const ids = (...symbols: string[]) => symbols.map((symbol) => `bybit.linear:${symbol}`);
  await db.insert(watchlists).values([
    { name: 'Majors', instruments: ids('ETHUSDT', 'BTCUSDT', 'SOLUSDT'), ...by(now) },
    { name: 'Small ones', instruments: ids('DOGEUSDT', '1000PEPEUSDT', 'XRPUSDT'), ...by(now) },
  ]);
}

const by = (updatedAt: number) => ({ updatedAt, actor: 'operator' });

function walk(instrument: Instrument, now: number): Bar[] {
  const symbol = instrument.id.slice(instrument.id.indexOf(':') + 1);
  const price = START_PRICES.get(symbol) ?? 1;
  const tick = Number(instrument.tickSize) / 1e18;
  const text = (value: number) => (Math.round(value / tick) * tick).toFixed(digits(tick));
  const minutes = 240;
  const last = now - (now % 60_000);
  let seed = symbol.length * 7919 + symbol.charCodeAt(0);
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  let value = price;
  const backwards: Bar[] = [];
  for (let index = 1; index <= minutes; index += 1) {
    const close = value;
    const open = close * (1 + (random() - 0.5) * 0.0016);
    value = open;
    backwards.push({
      instrument: instrument.id,
      timeframe: '1m',
      openTime: last - index * 60_000,
      open: text(open),
      close: text(close),
      high: text(Math.max(open, close) * (1 + random() * 0.0006)),
      low: text(Math.min(open, close) * (1 - random() * 0.0006)),
      volume: (random() * 50).toFixed(3),
      tradeCount: Math.ceil(random() * 200),
      state: 'closed',
      source: 'bybit',
      builtFrom: 'trades',
      missing: 0,
    });
  }
  return backwards.reverse();
}

const digits = (tick: number): number => Math.max(0, Math.ceil(-Math.log10(tick) - 1e-9));

/** What the gateway says of its venue. */
export const VENUE: VenueConditions = {
  capabilities: {
    markets: [{ market: 'bybit.linear', endings: null }],
    exits: 'reduceOnly',
    shorting: true,
    postOnly: true,
    timesInForce: ['gtc', 'ioc', 'fok'],
    requestSettlesMs: 5_000,
    executionsKeptMs: 86_400_000,
  },
  quietWindow: null,
};
