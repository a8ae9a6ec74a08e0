import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import type { Commission } from '@ballast/sim-core';
import type { Listing } from './instruments.ts';

export type EquityVenue = 'alpaca' | 'ibkr' | 'finnhub';

/** Stocks and a fund in dollars, at each venue that trades them. */
const EQUITIES: readonly (Listing & { readonly sector: string | null })[] = [
  { symbol: 'AAPL', tickSize: '0.01', lotSize: '1', startPrice: '228.5', sector: 'technology' },
  { symbol: 'MSFT', tickSize: '0.01', lotSize: '1', startPrice: '415', sector: 'technology' },
  { symbol: 'NVDA', tickSize: '0.01', lotSize: '1', startPrice: '140', sector: 'technology' },
  { symbol: 'SPY', tickSize: '0.01', lotSize: '1', startPrice: '590', sector: null },
];

/** IBKR's fixed prices: 0.005 a share, at least 1 an order, at most 1 % of its value. */
export const COMMISSION: Readonly<Record<EquityVenue, Commission | null>> = {
  alpaca: null,
  finnhub: null,
  ibkr: {
    perUnit: parseScaled('0.005'),
    minimum: parseScaled('1'),
    shareMax: parseScaled('0.01'),
  },
};

export function equitiesOf(
  venue: EquityVenue,
): readonly { readonly listing: Listing; readonly instrument: Instrument }[] {
  return EQUITIES.map((listing) => ({
    listing,
    instrument: {
      id: instrumentId(venue, 'stock', listing.symbol),
      baseCurrency: listing.symbol,
      quoteCurrency: 'USD',
      tickSize: parseScaled(listing.tickSize),
      lotSize: parseScaled(listing.lotSize),
      minQuantity: parseQuantity(listing.lotSize),
      maxQuantity: parseQuantity('100000'),
      minNotional: 0n,
      multiplier: parseScaled('1'),
      sector: listing.sector,
      session: 'us-equity',
    },
  }));
}
