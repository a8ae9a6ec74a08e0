import type { InstrumentId } from '@ballast/domain';
import { type FaultSink, type FeedFault, shown } from '../faults.ts';
import type { FeedEvent, Route } from '../feed.ts';
import type { BookOutcome } from './book.ts';
import { type ControlFrame, toControl } from './control-frame.ts';
import { isRecord, isTime } from './public-items.ts';
import {
  channelsOf,
  createSymbolReader,
  isBestOnly,
  type SymbolReader,
  type Wanted,
} from './symbol-reader.ts';

export type Frame =
  | { readonly kind: 'data'; readonly events: FeedEvent[] }
  | { readonly kind: 'control'; readonly control: ControlFrame }
  | { readonly kind: 'unusable' };

const UNUSABLE: Frame = { kind: 'unusable' };

/** A frame's topic and whose it is. */
type Addressed = {
  readonly topic: string;
  readonly channel: string;
  readonly name: string;
  readonly symbol: SymbolReader;
};

type ReaderOptions = {
  readonly wanted: Wanted;
  readonly fault: FaultSink;
  /** Called with the topic of a book that is lost and needs a new snapshot. */
  readonly onBookLost: (topic: string, now: number) => void;
};

/**
 * Reader of ByBit v5 public frames: one JSON.parse per frame, hand checks, digits kept as they
 * came. What is faulty goes to `fault` with its code; everything else of the same frame is used.
 */
export class FrameReader {
  readonly #symbols = new Map<string, SymbolReader>();
  /** Every topic that is asked for. */
  readonly #topics = new Map<string, Addressed>();
  /** Given up on this connection: what is still under way of them is no fault. */
  readonly #left = new Set<string>();
  readonly #options: ReaderOptions;
  readonly #fault: FaultSink;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#fault = options.fault;
  }

  /**
   * What is known of a symbol stays known when it stays, unless its prices have another step now.
   * @returns symbols that are read anew: their topics have to be asked for again
   */
  setRoutes(routes: readonly Route[]): string[] {
    const before = new Map(this.#symbols);
    const anew: string[] = [];
    this.#symbols.clear();
    this.#topics.clear();
    for (const { instrument, symbol } of routes) {
      const known = before.get(symbol);
      const { id, tickSize } = instrument;
      const isSame = known?.instrument.id === id && known.instrument.tickSize === tickSize;
      if (known !== undefined && !isSame) anew.push(symbol);
      const { wanted } = this.#options;
      const reader = isSame ? known : createSymbolReader(instrument, wanted, this.#fault);
      this.#symbols.set(symbol, reader);
      this.#left.delete(symbol);
      for (const channel of channelsOf(wanted)) {
        const topic = `${channel}.${symbol}`;
        this.#topics.set(topic, { topic, channel, name: symbol, symbol: reader });
      }
    }
    for (const symbol of before.keys()) if (!this.#symbols.has(symbol)) this.#left.add(symbol);
    return anew;
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
    this.#left.clear();
    for (const { ticker, books } of this.#symbols.values()) {
      ticker.reset();
      for (const book of books.values()) book.reset();
    }
  }

  /** For how long, in ms, some instrument has had deltas and no snapshot to merge them onto. */
  snapshotOverdueMs(now: number): number {
    let oldest = now;
    for (const { ticker } of this.#symbols.values()) {
      oldest = Math.min(oldest, ticker.waitingSince ?? now);
    }
    return now - oldest;
  }

  /** Asks again for each book whose snapshot has been waited for longer than `limitMs`. */
  askForOverdueBooks(now: number, limitMs: number): void {
    for (const [symbol, { books, instrument }] of this.#symbols) {
      for (const [channel, book] of books) {
        if (now - (book.waitingSince ?? now) <= limitMs) continue;
        const topic = `${channel}.${symbol}`;
        this.#fault('FEED_SNAPSHOT_MISSING', topic, instrument.id);
        book.waitAnew(now);
        this.#options.onBookLost(topic, now);
      }
    }
  }

  #readData(topic: string, frame: Record<string, unknown>, receivedTime: number): Frame {
    const of = this.#topics.get(topic);
    if (of === undefined) return this.#unknown(topic);
    const data = frame['data'];
    const events: FeedEvent[] = [];
    const { id } = of.symbol.instrument;
    switch (of.channel) {
      case 'publicTrade':
        if (!Array.isArray(data)) return this.#noData(topic, data, id);
        for (const item of data) this.#readTrade(item, of, receivedTime, events);
        break;
      case 'kline.1':
        if (!Array.isArray(data)) return this.#noData(topic, data, id);
        for (const item of data) {
          const bar = of.symbol.items.bar(item);
          if (bar !== null) events.push({ kind: 'bar', bar });
        }
        break;
      default:
        return this.#readState(of, frame, receivedTime);
    }
    return { kind: 'data', events };
  }

  #unknown(topic: string): Frame {
    const name = topic.slice(topic.lastIndexOf('.') + 1);
    if (this.#left.has(name)) return { kind: 'data', events: [] };
    const isSymbol = this.#symbols.has(name);
    return this.#refuse(isSymbol ? 'FEED_TOPIC_UNKNOWN' : 'FEED_SYMBOL_UNKNOWN', topic);
  }

  /** Channels that tell a state by snapshot and changes: its parts come with one time. */
  #readState(of: Addressed, frame: Record<string, unknown>, receivedTime: number): Frame {
    const { topic, channel, symbol, name } = of;
    const book = symbol.books.get(channel);
    const data = frame['data'];
    const { id } = symbol.instrument;
    if (!isRecord(data)) return this.#noData(topic, data, id);
    const named = book === undefined ? data['symbol'] : data['s'];
    // Another instrument's prices under this topic would pass every check of a price.
    if (named !== undefined && named !== name) {
      return this.#refuse('FEED_FIELD_INVALID', `${topic} symbol ${shown(named)}`, id);
    }
    const eventTime = frame['ts'];
    if (!isTime(eventTime)) {
      return this.#refuse('FEED_TIME_INVALID', `${topic} ts ${shown(eventTime)}`, id);
    }
    if (book !== undefined) {
      const outcome = book.apply(frame['type'], data, eventTime, receivedTime);
      return { kind: 'data', events: this.#bookEvents(of, outcome, eventTime, receivedTime) };
    }
    const { ticker } = symbol;
    const quote =
      this.#options.wanted.category === 'spot'
        ? ticker.applyLast(data, eventTime, receivedTime)
        : ticker.apply(frame['type'], data, eventTime, receivedTime);
    return { kind: 'data', events: quote === null ? [] : [{ kind: 'quote', quote }] };
  }

  #bookEvents(
    { topic, channel, symbol: { instrument, ticker } }: Addressed,
    outcome: BookOutcome,
    eventTime: number,
    receivedTime: number,
  ): FeedEvent[] {
    if (outcome.kind === 'unchanged') return [];
    const about = { instrument: instrument.id, source: 'bybit' } as const;
    const isBest = isBestOnly(channel);
    if (outcome.kind === 'lost') {
      const { from, to, askNow } = outcome;
      if (askNow) this.#options.onBookLost(topic, receivedTime);
      if (isBest) ticker.applyBest(null, null, eventTime, receivedTime);
      const lost = isBest ? 'quotes' : 'book';
      return [{ kind: 'gap', ...about, channel: lost, from, to, receivedTime }];
    }
    const { bids, asks, sequence } = outcome.state;
    if (!isBest) {
      return [{ kind: 'book', ...about, bids, asks, sequence, eventTime, receivedTime }];
    }
    const quote = ticker.applyBest(bids[0] ?? null, asks[0] ?? null, eventTime, receivedTime);
    return quote === null ? [] : [{ kind: 'quote', quote }];
  }

  #readTrade(item: unknown, of: Addressed, receivedTime: number, events: FeedEvent[]): void {
    if (!isRecord(item)) {
      const sample = `${of.topic} item ${shown(item)}`;
      this.#fault('FEED_FRAME_MALFORMED', sample, of.symbol.instrument.id);
      return;
    }
    const name = item['s'];
    const symbol =
      name === of.name ? of.symbol : typeof name === 'string' && this.#symbols.get(name);
    if (symbol === undefined || symbol === false) {
      this.#fault('FEED_SYMBOL_UNKNOWN', shown(name));
      return;
    }
    const trade = symbol.items.trade(item, receivedTime);
    if (trade !== null) events.push({ kind: 'trade', trade });
  }

  #noData(topic: string, data: unknown, instrument: InstrumentId): Frame {
    return this.#refuse('FEED_FRAME_MALFORMED', `${topic} data ${shown(data)}`, instrument);
  }

  #refuse(code: FeedFault, sample: string, instrument?: InstrumentId): Frame {
    this.#fault(code, sample, instrument);
    return UNUSABLE;
  }
}
