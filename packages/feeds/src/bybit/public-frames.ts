import {
  type Bar,
  type Instrument,
  type InstrumentId,
  type MarketEvent,
  type PublicTrade,
  symbolOf,
  TIMEFRAME_MS,
} from '@ballast/domain';

import { createTickCheck, isDecimal, isPositiveDecimal } from '../decimal-check.ts';
import type { FaultSink } from '../faults.ts';
import { createTicker } from './ticker.ts';

/** An answer to a request of ours, not data. */
export type ControlFrame = {
  readonly op: string;
  readonly success: boolean;
  readonly message: string;
  readonly requestId: string;
};

export type Frame =
  | { readonly kind: 'data'; readonly events: MarketEvent[] }
  | { readonly kind: 'control'; readonly control: ControlFrame }
  | { readonly kind: 'unusable' };

type Symbol = {
  readonly id: InstrumentId;
  readonly isOnTick: (decimal: string) => boolean;
  readonly ticker: ReturnType<typeof createTicker>;
};

const UNUSABLE: Frame = { kind: 'unusable' };
const TRADE_ID = /^[\w-]{1,64}$/;

/**
 * Reader of ByBit v5 public frames: one JSON.parse per frame, hand checks, digits kept as they came. What is faulty
 * goes to `fault` with its code; everything else of the same frame is used.
 */
export function createFrameReader(instruments: readonly Instrument[], fault: FaultSink) {
  const symbols = new Map<string, Symbol>();
  for (const { id, tickSize } of instruments) {
    const isOnTick = createTickCheck(tickSize);
    symbols.set(symbolOf(id), { id, isOnTick, ticker: createTicker(id, isOnTick, fault) });
  }

  function read(text: string, receivedTime: number): Frame {
    let frame: unknown;
    try {
      frame = JSON.parse(text);
    } catch {
      fault('FEED_FRAME_MALFORMED', text);
      return UNUSABLE;
    }
    if (!isRecord(frame)) {
      fault('FEED_FRAME_MALFORMED', text);
      return UNUSABLE;
    }
    if (typeof frame['topic'] === 'string') return readData(frame['topic'], frame, receivedTime);
    if (typeof frame['op'] === 'string') return { kind: 'control', control: toControl(frame) };
    fault('FEED_FRAME_MALFORMED', text);
    return UNUSABLE;
  }

  function readData(topic: string, frame: Record<string, unknown>, receivedTime: number): Frame {
    const dot = topic.lastIndexOf('.');
    const channel = topic.slice(0, dot);
    const symbol = symbols.get(topic.slice(dot + 1));
    if (symbol === undefined) {
      fault('FEED_SYMBOL_UNKNOWN', topic);
      return UNUSABLE;
    }
    const events: MarketEvent[] = [];
    const data = frame['data'];
    if (channel === 'publicTrade' && Array.isArray(data)) {
      for (const item of data) readTrade(item, receivedTime, events);
    } else if (channel === 'tickers' && isRecord(data)) {
      readTicker(symbol, frame, data, receivedTime, events);
    } else if (channel === 'kline.1' && Array.isArray(data)) {
      for (const item of data) readKline(symbol, item, events);
    } else {
      const known = channel === 'publicTrade' || channel === 'tickers' || channel === 'kline.1';
      fault(known ? 'FEED_FRAME_MALFORMED' : 'FEED_TOPIC_UNKNOWN', topic);
      return UNUSABLE;
    }
    return { kind: 'data', events };
  }

  function readTrade(item: unknown, receivedTime: number, events: MarketEvent[]): void {
    if (!isRecord(item)) {
      fault('FEED_FRAME_MALFORMED', 'publicTrade item');
      return;
    }
    const symbol = typeof item['s'] === 'string' ? symbols.get(item['s']) : undefined;
    if (symbol === undefined) {
      fault('FEED_SYMBOL_UNKNOWN', String(item['s']));
      return;
    }
    const trade = toTrade(symbol, item, receivedTime);
    if (trade !== null) events.push({ kind: 'trade', trade });
  }

  function toTrade(
    symbol: Symbol,
    item: Record<string, unknown>,
    receivedTime: number,
  ): PublicTrade | null {
    const { p: price, v: quantity, i: venueTradeId, S: side, T: eventTime } = item;
    if (!isPrice(symbol, price, 'p')) return null;
    if (!isPositiveDecimal(quantity)) {
      fault('FEED_QUANTITY_INVALID', `${symbol.id} v ${String(quantity)}`);
      return null;
    }
    if (typeof venueTradeId !== 'string' || !TRADE_ID.test(venueTradeId)) {
      fault('FEED_FIELD_INVALID', `${symbol.id} i ${String(venueTradeId)}`);
      return null;
    }
    if (side !== 'Buy' && side !== 'Sell') {
      fault('FEED_FIELD_INVALID', `${symbol.id} S ${String(side)}`);
      return null;
    }
    if (!isTime(eventTime)) {
      fault('FEED_TIME_INVALID', `${symbol.id} T ${String(eventTime)}`);
      return null;
    }
    const takerSide = side === 'Buy' ? 'buy' : 'sell';
    return {
      instrument: symbol.id,
      venueTradeId,
      price,
      quantity,
      takerSide,
      eventTime,
      receivedTime,
    };
  }

  function readTicker(
    symbol: Symbol,
    frame: Record<string, unknown>,
    data: Record<string, unknown>,
    receivedTime: number,
    events: MarketEvent[],
  ): void {
    const eventTime = frame['ts'];
    if (!isTime(eventTime)) {
      fault('FEED_TIME_INVALID', `${symbol.id} ticker ts ${String(eventTime)}`);
      return;
    }
    const quote = symbol.ticker.apply(frame['type'], data, eventTime, receivedTime);
    if (quote !== null) events.push({ kind: 'quote', quote });
  }

  /** Only closed bars: a bar still in the making is of no use to anyone here. */
  function readKline(symbol: Symbol, item: unknown, events: MarketEvent[]): void {
    if (!isRecord(item)) {
      fault('FEED_FRAME_MALFORMED', 'kline item');
      return;
    }
    if (item['confirm'] !== true) return;
    const bar = toBar(symbol, item);
    if (bar !== null) events.push({ kind: 'bar', bar });
  }

  function toBar(symbol: Symbol, item: Record<string, unknown>): Bar | null {
    const { start, open, high, low, close, volume } = item;
    if (!isTime(start) || start % TIMEFRAME_MS['1m'] !== 0) {
      fault('FEED_TIME_INVALID', `${symbol.id} kline start ${String(start)}`);
      return null;
    }
    if (!isPrice(symbol, open, 'open') || !isPrice(symbol, high, 'high')) return null;
    if (!isPrice(symbol, low, 'low') || !isPrice(symbol, close, 'close')) return null;
    if (!isDecimal(volume)) {
      fault('FEED_QUANTITY_INVALID', `${symbol.id} kline volume ${String(volume)}`);
      return null;
    }
    const prices = { open, high, low, close };
    return {
      instrument: symbol.id,
      timeframe: '1m',
      openTime: start,
      ...prices,
      volume,
      tradeCount: 0,
      source: 'venue',
    };
  }

  function isPrice(symbol: Symbol, value: unknown, field: string): value is string {
    if (!isPositiveDecimal(value)) {
      fault('FEED_PRICE_INVALID', `${symbol.id} ${field} ${String(value)}`);
      return false;
    }
    if (symbol.isOnTick(value)) return true;
    fault('FEED_OFF_TICK', `${symbol.id} ${field} ${value}`);
    return false;
  }

  return {
    read,
    /** To be called on each new connection. */
    reset(): void {
      for (const { ticker } of symbols.values()) ticker.reset();
    },
    /** For how long, in ms, some instrument has had deltas and no snapshot to merge them onto. */
    snapshotOverdueMs(now: number): number {
      let oldest = now;
      for (const { ticker } of symbols.values()) {
        oldest = Math.min(oldest, ticker.waitingSince() ?? now);
      }
      return now - oldest;
    },
  };
}

function toControl(frame: Record<string, unknown>): ControlFrame {
  return {
    op: String(frame['op']),
    success: frame['success'] === true,
    message: typeof frame['ret_msg'] === 'string' ? frame['ret_msg'] : '',
    requestId: typeof frame['req_id'] === 'string' ? frame['req_id'] : '',
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
