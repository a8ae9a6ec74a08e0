import {
  formatScaled,
  type Instrument,
  instrumentId,
  multiplyScaled,
  parsePrice,
  parseQuantity,
  parseScaled,
} from '@ballast/domain';

export const VENUE = 'bybit';
export const MARKET = 'linear';

/** What the default market trades. Sizes of prints are given by their value in quote currency. */
export type Listing = {
  readonly symbol: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly startPrice: string;
  /** Where there are many: slower and with less history, so that one core carries them all. */
  readonly pace?: Pace;
};

export type Pace = {
  readonly meanIntervalMs: number;
  readonly historyMinutes: number;
  /** Trades that are kept for listings and corrections. */
  readonly recentMax: number;
};

export const DEFAULT_LISTINGS: readonly Listing[] = [
  { symbol: 'BTCUSDT', tickSize: '0.1', lotSize: '0.001', startPrice: '96500' },
  { symbol: 'ETHUSDT', tickSize: '0.01', lotSize: '0.01', startPrice: '3350' },
  { symbol: 'SOLUSDT', tickSize: '0.01', lotSize: '0.1', startPrice: '187.5' },
  { symbol: 'XRPUSDT', tickSize: '0.0001', lotSize: '0.1', startPrice: '2.35' },
];

/** Kinds of contracts that the many are made in turn of. */
const SHAPES = [
  { tickSize: '0.1', lotSize: '0.001', price: 20_000 },
  { tickSize: '0.01', lotSize: '0.01', price: 900 },
  { tickSize: '0.01', lotSize: '0.1', price: 75 },
  { tickSize: '0.001', lotSize: '0.1', price: 12 },
  { tickSize: '0.0001', lotSize: '1', price: 1.5 },
  { tickSize: '0.00001', lotSize: '10', price: 0.08 },
] as const;
const MANY: Pace = { meanIntervalMs: 400, historyMinutes: 60, recentMax: 200 };

/** The first `count` contracts: those that have names, then S001USDT, S002USDT and so on. */
export function listingsOf(count: number | undefined): readonly Listing[] {
  if (count === undefined) return DEFAULT_LISTINGS;
  const made = Math.max(0, count - DEFAULT_LISTINGS.length);
  const numbers = Array.from({ length: made }, (_none, index) => index + 1);
  return [...DEFAULT_LISTINGS.slice(0, count), ...numbers.map(numbered)];
}

function numbered(number: number): Listing {
  const { tickSize, lotSize, price } = SHAPES[number % SHAPES.length] ?? SHAPES[0];
  const scale = tickSize.length - 2;
  const start = price * (0.5 + ((number * 37) % 100) / 100);
  const symbol = `S${String(number).padStart(3, '0')}USDT`;
  return { symbol, tickSize, lotSize, startPrice: start.toFixed(scale), pace: MANY };
}

const QUOTE_CURRENCIES = ['USDT', 'USDC', 'USD', 'ETH', 'BTC'] as const;
const DOLLARS = new Set(['USDT', 'USDC', 'USD']);
const MIN_NOTIONAL_DOLLARS = '5';
/** Largest order, in value at the listing price; far above what the account can carry. */
const MAX_NOTIONAL = parseScaled('50000000');

/** What each account starts with, for each currency that something is quoted in. */
export const START_CASH: ReadonlyMap<string, string> = new Map([
  ['USDT', '100000'],
  ['USDC', '100000'],
  ['USD', '100000'],
  ['ETH', '40'],
  ['BTC', '1'],
]);

/** Splits "BTCUSDT" by its quote currency; a symbol without one counts as quoted in USDT. */
function currenciesOf(symbol: string): { base: string; quote: string } {
  for (const quote of QUOTE_CURRENCIES) {
    if (symbol.endsWith(quote) && symbol.length > quote.length) {
      return { base: symbol.slice(0, -quote.length), quote };
    }
  }
  return { base: symbol, quote: 'USDT' };
}

export function makeInstrument(listing: Listing): Instrument {
  const { base, quote } = currenciesOf(listing.symbol);
  const lotSize = parseScaled(listing.lotSize);
  const price = parsePrice(listing.startPrice);
  const lotValue = multiplyScaled(price, lotSize, 'ceil');
  const most = (MAX_NOTIONAL / lotValue + 1n) * lotSize;
  return {
    id: instrumentId(VENUE, MARKET, listing.symbol),
    baseCurrency: base,
    quoteCurrency: quote,
    tickSize: parseScaled(listing.tickSize),
    lotSize,
    minQuantity: parseQuantity(listing.lotSize),
    maxQuantity: parseQuantity(formatScaled(most)),
    minNotional: DOLLARS.has(quote) ? parseScaled(MIN_NOTIONAL_DOLLARS) : 0n,
    multiplier: parseScaled('1'),
    sector: 'crypto',
    session: 'continuous',
  };
}
