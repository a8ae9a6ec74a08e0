import {
  instrumentId,
  type InstrumentId,
  isTradedIn,
  symbolOf,
  type TradedMarket,
} from '@ballast/domain';
import { BrokerError } from '../broker-error.ts';
import { WireError } from './fields.ts';

/** Asset classes of the venue and the market of ours that each one is. */
const MARKET = { us_equity: 'stock', crypto: 'crypto', us_option: 'option' } as const;
export type AssetClass = keyof typeof MARKET;

/** Currencies that pairs are quoted in; the longer spelling is tried first. */
const QUOTES = ['USDT', 'USDC', 'USD', 'BTC'] as const;

export function isAssetClass(word: string): word is AssetClass {
  return Object.hasOwn(MARKET, word);
}

/**
 * Pairs are read and not traded: for them the venue has market, limit and stop-limit orders alone
 * (https://docs.alpaca.markets/docs/crypto-orders), so no position in one could have its stop.
 */
export const TRADED_MARKETS: readonly TradedMarket[] = [{ market: 'alpaca.stock', endings: null }];

/** `BTC/USD` in orders and `BTCUSD` in positions are the same instrument. */
export function readInstrument(assetClass: string, symbol: string): InstrumentId {
  if (!isAssetClass(assetClass)) throw new WireError(`asset class "${assetClass}" is not known`);
  const pair = assetClass === 'crypto' ? symbol.replace('/', '') : symbol;
  return instrumentId('alpaca', MARKET[assetClass], pair);
}

function isCrypto(instrument: InstrumentId): boolean {
  return instrument.startsWith('alpaca.crypto:');
}

/** What amounts in an instrument are told in: a pair's quote currency, else US dollars. */
export function quoteCurrencyOf(instrument: InstrumentId): string {
  return (isCrypto(instrument) && quoteOf(symbolOf(instrument))) || 'USD';
}

/** @throws BrokerError INSTRUMENT_NOT_TRADED */
export function venueSymbol(instrument: InstrumentId): string {
  if (!isTradedIn(TRADED_MARKETS, instrument)) {
    const message = `${instrument} is not traded here`;
    throw new BrokerError('rejected', 'INSTRUMENT_NOT_TRADED', message);
  }
  return symbolOf(instrument);
}

function quoteOf(symbol: string): string | undefined {
  return QUOTES.find((quote) => symbol.endsWith(quote) && symbol.length > quote.length);
}
