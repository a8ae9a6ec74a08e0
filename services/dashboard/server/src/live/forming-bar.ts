import { type Bar, type PublicTrade, TIMEFRAME_MS } from '@ballast/domain';
import { formingKey } from './market-piece.ts';

const minuteOf = ({ eventTime }: PublicTrade): number =>
  eventTime - (eventTime % TIMEFRAME_MS['1m']);

/**
 * The bar of the minute that is not over yet, for the chart alone. Null when the trade is older
 * than it.
 */
function withTrade(forming: Bar | null, trade: PublicTrade): Bar | null {
  const openTime = minuteOf(trade);
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
 * The minutes that are not over yet, built from the trades: the hub publishes a bar once it has
 * closed.
 */
export function createFormingBars() {
  const bars = new Map<string, Bar>();
  /** Open time of the newest minute that has closed: what trades in it later corrects a bar. */
  const closed = new Map<string, number>();
  return {
    /** The minute with this trade; null where it changes nothing. */
    onTrade(trade: PublicTrade): Bar | null {
      const key = formingKey({ instrument: trade.instrument, timeframe: '1m' });
      if (minuteOf(trade) <= (closed.get(key) ?? -1)) return null;
      const next = withTrade(bars.get(key) ?? null, trade);
      if (next !== null) bars.set(key, next);
      return next;
    },
    /** Takes a closed bar of the hub. @returns the key of the forming bar that it ends, or null */
    onBar(bar: Bar): string | null {
      const key = formingKey(bar);
      closed.set(key, Math.max(bar.openTime, closed.get(key) ?? 0));
      if (bars.get(key)?.openTime !== bar.openTime) return null;
      bars.delete(key);
      return key;
    },
  };
}
