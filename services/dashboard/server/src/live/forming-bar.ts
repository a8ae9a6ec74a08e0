import { type Bar, type InstrumentId, type PublicTrade, TIMEFRAME_MS } from '@ballast/domain';
import { formingKey } from './market-piece.ts';

/**
 * The bar of the minute that is not over yet, for the chart alone. Null when the trade is older
 * than it.
 */
function withTrade(forming: Bar | null, trade: PublicTrade): Bar | null {
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

/**
 * The bars that are not over yet. Those of a minute are built here from the trades, until the hub
 * publishes forming bars of the instrument itself.
 */
export function createFormingBars() {
  const bars = new Map<string, Bar>();
  const formedByHub = new Set<InstrumentId>();
  return {
    /** The minute with this trade; null where it changes nothing. */
    onTrade(trade: PublicTrade): Bar | null {
      if (formedByHub.has(trade.instrument)) return null;
      const key = formingKey({ instrument: trade.instrument, timeframe: '1m' });
      const next = withTrade(bars.get(key) ?? null, trade);
      if (next !== null) bars.set(key, next);
      return next;
    },
    /** Takes a bar of the hub. @returns the key of the forming bar that it ends, or null */
    onBar(bar: Bar): string | null {
      const key = formingKey(bar);
      if (bar.state === 'forming') {
        formedByHub.add(bar.instrument);
        bars.set(key, bar);
        return null;
      }
      if (bars.get(key)?.openTime !== bar.openTime) return null;
      bars.delete(key);
      return key;
    },
  };
}
