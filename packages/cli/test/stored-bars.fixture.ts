import { type Bar, type Instrument, instrumentWire, parseInstrumentId } from '@ballast/domain';

export const MINUTE = 60_000;
export const START = Date.UTC(2026, 5, 1);
const BARS = 1_400;
export const BTC: Instrument = instrumentWire.parse({
  ...{ id: 'bybit.linear:BTCUSDT', baseCurrency: 'BTC', quoteCurrency: 'USDT', tickSize: '0.1' },
  ...{ lotSize: '0.001', minQuantity: '0.001', maxQuantity: '1000', minNotional: '5' },
  ...{ multiplier: '1', session: 'continuous' },
});
export const ETH: Instrument = { ...BTC, id: parseInstrumentId('bybit.linear:ETHUSDT') };
/** Waves of two lengths: momentum speaks on them again and again. */
export function bars(instrument = BTC, count = BARS): Bar[] {
  const priceAt = (at: number): number =>
    Math.round(100_000 + 8_000 * Math.sin(at / 40) + 2_000 * Math.sin(at / 7)) / 10;
  return Array.from({ length: count }, (_, at) => {
    const [open, close] = [priceAt(at), priceAt(at + 1)];
    const [high, low] = [Math.max(open, close) + 1, Math.min(open, close) - 1];
    return {
      ...{ instrument: instrument.id, timeframe: '1m', openTime: START + at * MINUTE, volume: '1' },
      ...{ open: String(open), high: high.toFixed(1), low: low.toFixed(1), close: String(close) },
      ...{ tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0 },
    };
  });
}
