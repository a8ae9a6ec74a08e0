import {
  type Bar,
  type Instrument,
  instrumentId,
  parseQuantity,
  parseScaled,
} from '@ballast/domain';

export const MINUTE = 60_000;
export const NOON = Date.parse('2026-11-18T12:00Z');

export const stockOf = (symbol: string): Instrument => ({
  id: instrumentId('alpaca', 'stock', symbol),
  ...{ baseCurrency: symbol, quoteCurrency: 'USD', minNotional: 0n, sector: null },
  ...{ tickSize: parseScaled('0.01'), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
  ...{ minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('1000') },
  session: 'continuous',
});

export const barOf = (openTime: number, { id }: Instrument): Bar => ({
  ...{ instrument: id, timeframe: '1m', openTime, tradeCount: 0, missing: 0 },
  ...{ open: '1', high: '2', low: '1', close: '2', volume: '3' },
  ...{ state: 'closed', source: 'alpaca', builtFrom: 'venue' },
});
