import { type Bar, type InstrumentId, type PublicTrade, TIMEFRAME_MS } from '@ballast/domain';
import { isBelow, isDecimal, isPositiveDecimal } from '../decimal-check.ts';
import { type FaultSink, type FeedFault, shown } from '../faults.ts';

const TRADE_ID = /^[\w-]{1,64}$/;

/**
 * Reads single trades and bars of one instrument; gives null, after `fault`,
 * for one that cannot be used.
 */
export function createItemReader(
  instrument: InstrumentId,
  isPrint: (decimal: string) => boolean,
  fault: FaultSink,
) {
  function refuse(code: FeedFault, field: string, value: unknown): null {
    fault(code, `${instrument} ${field} ${shown(value)}`, instrument);
    return null;
  }

  function isPrice(value: unknown, field: string): value is string {
    if (!isPositiveDecimal(value)) refuse('FEED_PRICE_INVALID', field, value);
    else if (isPrint(value)) return true;
    else refuse('FEED_OFF_TICK', field, value);
    return false;
  }

  function trade(item: Record<string, unknown>, receivedTime: number): PublicTrade | null {
    const { p: price, v: quantity, i: venueTradeId, S: side, T: eventTime } = item;
    if (!isPrice(price, 'p')) return null;
    if (!isPositiveDecimal(quantity)) return refuse('FEED_QUANTITY_INVALID', 'v', quantity);
    if (typeof venueTradeId !== 'string' || !TRADE_ID.test(venueTradeId)) {
      return refuse('FEED_FIELD_INVALID', 'i', venueTradeId);
    }
    if (side !== 'Buy' && side !== 'Sell') return refuse('FEED_FIELD_INVALID', 'S', side);
    if (!isTime(eventTime)) return refuse('FEED_TIME_INVALID', 'T', eventTime);
    const takerSide = side === 'Buy' ? 'buy' : 'sell';
    return {
      instrument,
      source: 'bybit',
      venueTradeId,
      price,
      quantity,
      takerSide,
      eventTime,
      receivedTime,
    };
  }

  /** Only closed bars: one still in the making gives null without a fault. */
  function bar(item: unknown): Bar | null {
    if (!isRecord(item)) return refuse('FEED_FRAME_MALFORMED', 'kline item', item);
    if (item['confirm'] !== true) return null;
    const { start, open, high, low, close, volume } = item;
    if (!isTime(start) || start % TIMEFRAME_MS['1m'] !== 0) {
      return refuse('FEED_TIME_INVALID', 'start', start);
    }
    if (!isPrice(open, 'open') || !isPrice(high, 'high')) return null;
    if (!isPrice(low, 'low') || !isPrice(close, 'close')) return null;
    // Open and close may lie outside: the venue opens a minute at the close of the one before.
    if (isBelow(high, low)) return refuse('FEED_PRICE_INVALID', `high below low ${low}:`, high);
    if (!isDecimal(volume)) return refuse('FEED_QUANTITY_INVALID', 'volume', volume);
    const prices = { open, high, low, close };
    const what = { instrument, timeframe: '1m', openTime: start } as const;
    return {
      ...what,
      ...prices,
      volume,
      tradeCount: 0,
      state: 'closed',
      source: 'bybit',
      builtFrom: 'venue',
      missing: 0,
    };
  }

  return { trade, bar };
}

export type ItemReader = ReturnType<typeof createItemReader>;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Epoch ms as the venue writes it. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
