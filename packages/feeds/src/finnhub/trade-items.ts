import type { InstrumentId } from '@ballast/domain';
import { isPositiveDecimal } from '../decimal-check.ts';
import { type FaultSink, type FeedFault, shown } from '../faults.ts';
import type { FeedEvent, Route } from '../feed.ts';
import { plainDigits } from '../json-number.ts';

/**
 * Reads the trades of a frame. Prints of several venues come off the tick of an order's price, so
 * any positive price is one.
 */
export class TradeItems {
  readonly #fault: FaultSink;
  #instruments = new Map<string, InstrumentId>();
  /** Given up on this connection: what is still under way of them is no fault. */
  readonly #left = new Set<string>();

  constructor(fault: FaultSink) {
    this.#fault = fault;
  }

  /** To be called on each new connection. */
  reset(): void {
    this.#left.clear();
  }

  setRoutes(routes: readonly Route[]): void {
    const before = this.#instruments;
    this.#instruments = new Map(routes.map(({ symbol, instrument }) => [symbol, instrument.id]));
    for (const symbol of before.keys()) if (!this.#instruments.has(symbol)) this.#left.add(symbol);
    for (const symbol of this.#instruments.keys()) this.#left.delete(symbol);
  }

  /** One frame's items, in its order; what cannot be used is left out after a fault. */
  read(items: readonly unknown[], receivedTime: number): FeedEvent[] {
    const ordinals = new Map<string, number>();
    return items.flatMap((item) => this.#readOne(item, receivedTime, ordinals) ?? []);
  }

  /** `ordinals` counts equal trades of one frame. */
  #readOne(item: unknown, receivedTime: number, ordinals: Map<string, number>): FeedEvent | null {
    if (!isRecord(item)) return this.#refuse('FEED_FRAME_MALFORMED', `item ${shown(item)}`);
    const { s: symbol, p, v, t: eventTime } = item;
    if (typeof symbol !== 'string') return this.#refuse('FEED_SYMBOL_UNKNOWN', shown(symbol));
    const instrument = this.#instruments.get(symbol);
    if (instrument === undefined) {
      return this.#left.has(symbol) ? null : this.#refuse('FEED_SYMBOL_UNKNOWN', symbol);
    }
    const price = plainDigits(p);
    if (price === null || !isPositiveDecimal(price)) {
      return this.#refuse('FEED_PRICE_INVALID', `${symbol} p ${shown(p)}`, instrument);
    }
    const quantity = plainDigits(v);
    if (quantity === null) {
      return this.#refuse('FEED_QUANTITY_INVALID', `${symbol} v ${shown(v)}`, instrument);
    }
    if (typeof eventTime !== 'number' || !Number.isSafeInteger(eventTime) || eventTime <= 0) {
      return this.#refuse('FEED_TIME_INVALID', `${symbol} t ${shown(eventTime)}`, instrument);
    }
    const about = { instrument, source: 'finnhub' } as const;
    const times = { eventTime, receivedTime };
    if (!isPositiveDecimal(quantity)) return { kind: 'price', ...about, price, ...times };
    // The source has no ids. Equal trades of one moment come in one frame; the same frame again
    // gets the same ids.
    const same = `${symbol}:${eventTime}:${price}:${quantity}`;
    const ordinal = ordinals.get(same) ?? 0;
    ordinals.set(same, ordinal + 1);
    const venueTradeId = `${same}:${ordinal}`;
    const what = { venueTradeId, price, quantity, takerSide: null };
    return { kind: 'trade', trade: { ...about, ...what, ...times } };
  }

  #refuse(code: FeedFault, sample: string, instrument?: InstrumentId): null {
    this.#fault(code, sample, instrument);
    return null;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
