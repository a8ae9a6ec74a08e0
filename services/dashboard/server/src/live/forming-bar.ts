import { type Bar, type PublicTrade, TIMEFRAME_MS } from '@ballast/domain';

/**
 * The bar of the minute that is not over yet, for the chart alone. Null when the trade is older
 * than it.
 */
export function withTrade(forming: Bar | null, trade: PublicTrade): Bar | null {
  const openTime = trade.eventTime - (trade.eventTime % TIMEFRAME_MS['1m']);
  if (forming === null || openTime > forming.openTime) {
    return {
      instrument: trade.instrument,
      timeframe: '1m',
      openTime,
      open: trade.price,
      high: trade.price,
      low: trade.price,
      close: trade.price,
      volume: trade.quantity,
      tradeCount: 1,
      state: 'forming',
      source: trade.source,
      builtFrom: 'trades',
      missing: 0,
    };
  }
  if (openTime < forming.openTime) return null;
  return {
    ...forming,
    high: Number(trade.price) > Number(forming.high) ? trade.price : forming.high,
    low: Number(trade.price) < Number(forming.low) ? trade.price : forming.low,
    close: trade.price,
    volume: String(Number(forming.volume) + Number(trade.quantity)),
    tradeCount: forming.tradeCount + 1,
  };
}
