import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';

/** A perpetual contract of ByBit with this symbol. */
export function benchInstrument(symbol: string): Instrument {
  return {
    ...{ id: instrumentId('bybit', 'linear', symbol), baseCurrency: symbol.replace('USDT', '') },
    ...{ quoteCurrency: 'USDT', tickSize: parseScaled('0.1'), lotSize: parseScaled('0.001') },
    ...{ minQuantity: parseQuantity('0.001'), maxQuantity: parseQuantity('100') },
    ...{ minNotional: parseScaled('5'), multiplier: parseScaled('1'), sector: 'crypto' },
    session: 'continuous',
  };
}

/** Symbols of as large a universe. */
export const benchSymbols = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `C${index}USDT`);
