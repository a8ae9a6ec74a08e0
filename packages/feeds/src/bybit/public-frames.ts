import { type Instrument, type MarketEvent, symbolOf } from '@ballast/domain';
import { createTickCheck } from '../decimal-check.ts';
import { type FaultSink, type FeedFault, shown } from '../faults.ts';
import { createItemReader, isRecord, isTime, type ItemReader } from './public-items.ts';
import { createTicker, type Ticker } from './ticker.ts';

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

const UNUSABLE: Frame = { kind: 'unusable' };

/**
 * Reader of ByBit v5 public frames: one JSON.parse per frame, hand checks, digits kept as they
 * came. What is faulty goes to `fault` with its code; everything else of the same frame is used.
 */
export class FrameReader {
  readonly #symbols = new Map<string, { items: ItemReader; ticker: Ticker }>();
  readonly #fault: FaultSink;

  constructor(instruments: readonly Instrument[], fault: FaultSink) {
    this.#fault = fault;
    for (const { id, tickSize } of instruments) {
      const isOnTick = createTickCheck(tickSize);
      const items = createItemReader(id, isOnTick, fault);
      const ticker = createTicker(id, isOnTick, fault);
      this.#symbols.set(symbolOf(id), { items, ticker });
    }
  }

  read(text: string, receivedTime: number): Frame {
    let frame: unknown;
    try {
      frame = JSON.parse(text);
    } catch {
      return this.#refuse('FEED_FRAME_MALFORMED', text);
    }
    if (!isRecord(frame)) return this.#refuse('FEED_FRAME_MALFORMED', text);
    const topic = frame['topic'];
    if (typeof topic === 'string') return this.#readData(topic, frame, receivedTime);
    if (typeof frame['op'] === 'string') return { kind: 'control', control: toControl(frame) };
    return this.#refuse('FEED_FRAME_MALFORMED', text);
  }

  /** To be called on each new connection. */
  reset(): void {
    for (const { ticker } of this.#symbols.values()) ticker.reset();
  }

  /** For how long, in ms, some instrument has had deltas and no snapshot to merge them onto. */
  snapshotOverdueMs(now: number): number {
    let oldest = now;
    for (const { ticker } of this.#symbols.values()) {
      oldest = Math.min(oldest, ticker.waitingSince() ?? now);
    }
    return now - oldest;
  }

  #readData(topic: string, frame: Record<string, unknown>, receivedTime: number): Frame {
    const dot = topic.lastIndexOf('.');
    const symbol = this.#symbols.get(topic.slice(dot + 1));
    if (symbol === undefined) return this.#refuse('FEED_SYMBOL_UNKNOWN', topic);
    const data = frame['data'];
    const events: MarketEvent[] = [];
    switch (topic.slice(0, dot)) {
      case 'publicTrade':
        if (!Array.isArray(data)) return this.#refuse('FEED_FRAME_MALFORMED', topic);
        for (const item of data) this.#readTrade(item, receivedTime, events);
        break;
      case 'kline.1':
        if (!Array.isArray(data)) return this.#refuse('FEED_FRAME_MALFORMED', topic);
        for (const item of data) {
          const bar = symbol.items.bar(item);
          if (bar !== null) events.push({ kind: 'bar', bar });
        }
        break;
      case 'tickers': {
        if (!isRecord(data)) return this.#refuse('FEED_FRAME_MALFORMED', topic);
        const named = data['symbol'];
        // Another instrument's prices under this topic would pass every check of a price.
        if (named !== undefined && named !== topic.slice(dot + 1)) {
          return this.#refuse('FEED_FIELD_INVALID', `${topic} symbol ${shown(named)}`);
        }
        const eventTime = frame['ts'];
        if (!isTime(eventTime)) return this.#refuse('FEED_TIME_INVALID', `${topic} ts`);
        const quote = symbol.ticker.apply(frame['type'], data, eventTime, receivedTime);
        if (quote !== null) events.push({ kind: 'quote', quote });
        break;
      }
      default:
        return this.#refuse('FEED_TOPIC_UNKNOWN', topic);
    }
    return { kind: 'data', events };
  }

  #readTrade(item: unknown, receivedTime: number, events: MarketEvent[]): void {
    if (!isRecord(item)) {
      this.#fault('FEED_FRAME_MALFORMED', 'publicTrade item');
      return;
    }
    const symbol = typeof item['s'] === 'string' ? this.#symbols.get(item['s']) : undefined;
    if (symbol === undefined) {
      this.#fault('FEED_SYMBOL_UNKNOWN', shown(item['s']));
      return;
    }
    const trade = symbol.items.trade(item, receivedTime);
    if (trade !== null) events.push({ kind: 'trade', trade });
  }

  #refuse(code: FeedFault, sample: string): Frame {
    this.#fault(code, sample);
    return UNUSABLE;
  }
}

function toControl(frame: Record<string, unknown>): ControlFrame {
  return {
    op: String(frame['op']),
    success: frame['success'] === true,
    message: typeof frame['ret_msg'] === 'string' ? frame['ret_msg'] : '',
    requestId: typeof frame['req_id'] === 'string' ? frame['req_id'] : '',
  };
}
