import type { InstrumentId, PublicTrade, Quote } from '@ballast/domain';
import { createTickCheck, isPositiveDecimal } from '../decimal-check.ts';
import type { FaultSink, FeedFault } from '../faults.ts';
import type { Route } from '../feed.ts';
import { floatDecimal } from '../float-decimal.ts';
import { printStep } from '../print-step.ts';
import { isPriceOfMarket } from '../sale-conditions.ts';
import { createTradeNames } from './trade-names.ts';

/** Numbers of the wire: price and size of each side have their own. */
const PRICE_FIELDS: Readonly<Record<number, 'bid' | 'ask' | 'last'>> = {
  1: 'bid',
  2: 'ask',
  4: 'last',
};
const SIZE_FIELDS: Readonly<Record<number, 'bidQuantity' | 'askQuantity'>> = {
  0: 'bidQuantity',
  3: 'askQuantity',
};
const QUOTE_FIELDS = ['bid', 'bidQuantity', 'ask', 'askQuantity', 'last'] as const;
const UNIX_SECONDS = /^[1-9]\d{8,10}$/;
/** It becomes part of a name, which stands in a row of the market stream. */
const EXCHANGE = /^[A-Za-z0-9 ._-]{0,32}$/;

type PriceCheck = (decimal: string) => boolean;
type Known = Partial<Record<(typeof QUOTE_FIELDS)[number], string>>;

/** As the SDK hands it over; any of it may be missing. */
export type AllLastTick = {
  readonly time: unknown;
  readonly price: unknown;
  readonly size: unknown;
  readonly exchange: unknown;
  readonly conditions: unknown;
  /** Reported late or at an average: no price of the market. */
  readonly isUnreported: boolean;
};

export type BidAskTick = Readonly<Record<'time' | 'bid' | 'ask' | 'bidSize' | 'askSize', unknown>>;

/**
 * Reads the ticks of one route. Prices come from the SDK as float64 and become their shortest
 * decimal text, which the tick proves. What cannot be used goes to `fault`.
 */
export class TickReader {
  readonly #id: InstrumentId;
  readonly #fault: FaultSink;
  readonly #isOnTick: PriceCheck;
  readonly #isPrint: PriceCheck;
  readonly #name = createTradeNames();
  #known: Known = {};
  #told: Known = {};
  #eventTime: number | null = null;

  constructor({ instrument }: Route, fault: FaultSink) {
    this.#id = instrument.id;
    this.#fault = fault;
    this.#isOnTick = createTickCheck(instrument.tickSize);
    this.#isPrint = createTickCheck(printStep(instrument));
  }

  /** A tick-by-tick trade; its time has whole seconds and its id is made of what it says. */
  allLast(tick: AllLastTick, receivedTime: number): PublicTrade | null {
    const at = secondsOf(tick.time);
    if (at === null) return this.#refuse('FEED_TIME_INVALID', 'time', tick.time);
    const price = this.#price(tick.price, 'price', this.#isPrint);
    if (price === null) return null;
    const quantity = floatDecimal(tick.size);
    if (!isPositiveDecimal(quantity)) {
      return this.#refuse('FEED_QUANTITY_INVALID', 'size', tick.size);
    }
    const { exchange } = tick;
    if (typeof exchange !== 'string' || !EXCHANGE.test(exchange)) {
      return this.#refuse('FEED_FIELD_INVALID', 'exchange', exchange);
    }
    if (tick.isUnreported || !isPriceOfMarket(null, conditionsOf(tick.conditions))) return null;
    this.#known.last = price;
    const venueTradeId = this.#name(at, `${price}-${quantity}-${exchange}`);
    const what = { instrument: this.#id, source: 'ibkr', venueTradeId, price, quantity } as const;
    return { ...what, takerSide: null, eventTime: at * 1_000, receivedTime };
  }

  bidAsk(tick: BidAskTick): void {
    const at = secondsOf(tick.time);
    if (at === null) {
      this.#refuse('FEED_TIME_INVALID', 'time', tick.time);
      return;
    }
    this.#eventTime = at * 1_000;
    this.#setPrice('bid', tick.bid);
    this.#setPrice('ask', tick.ask);
    this.#setSize('bidQuantity', tick.bidSize);
    this.#setSize('askQuantity', tick.askSize);
  }

  /** One field of a line of quotes. */
  tickPrice(field: number, value: unknown): void {
    const named = PRICE_FIELDS[field];
    if (named !== undefined) this.#setPrice(named, value);
  }

  tickSize(field: number, value: unknown): void {
    const named = SIZE_FIELDS[field];
    if (named !== undefined) this.#setSize(named, value);
  }

  /**
   * The quote, when it has changed and is whole; asked once what came together has been read,
   * since bid and ask of one change come one after the other. A line of quotes has no times of
   * its own: ours stands for the venue's.
   */
  quote(receivedTime: number): Quote | null {
    const { bid, bidQuantity, ask, askQuantity, last } = this.#known;
    if (bid === undefined || bidQuantity === undefined) return null;
    if (ask === undefined || askQuantity === undefined || last === undefined) return null;
    if (QUOTE_FIELDS.every((field) => this.#known[field] === this.#told[field])) return null;
    this.#told = { ...this.#known };
    const prices = { bid, bidQuantity, ask, askQuantity, last };
    const eventTime = this.#eventTime ?? receivedTime;
    return { instrument: this.#id, source: 'ibkr', ...prices, eventTime, receivedTime };
  }

  /** On a new subscription: what the last one said need not stand any more. */
  reset(): void {
    this.#known = {};
    this.#told = {};
    this.#eventTime = null;
  }

  #setPrice(field: 'bid' | 'ask' | 'last', value: unknown): void {
    // What cannot be read says as little of the present price as "none" does.
    delete this.#known[field];
    if (isNone(value)) return;
    const text = this.#price(value, field, field === 'last' ? this.#isPrint : this.#isOnTick);
    if (text !== null) this.#known[field] = text;
  }

  #setSize(field: 'bidQuantity' | 'askQuantity', value: unknown): void {
    const text = floatDecimal(value);
    if (text === null) this.#refuse('FEED_QUANTITY_INVALID', field, value);
    else this.#known[field] = text;
  }

  #price(value: unknown, field: string, isValid: PriceCheck): string | null {
    const text = floatDecimal(value);
    if (!isPositiveDecimal(text)) return this.#refuse('FEED_PRICE_INVALID', field, value);
    return isValid(text) ? text : this.#refuse('FEED_OFF_TICK', field, value);
  }

  #refuse(code: FeedFault, field: string, value: unknown): null {
    const shown = typeof value === 'number' || typeof value === 'string' ? value : typeof value;
    this.#fault(code, `${this.#id} ${field} ${shown}`, this.#id);
    return null;
  }
}

function secondsOf(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && UNIX_SECONDS.test(text) ? Number(text) : null;
}

/** One letter for each condition, with blanks between; a word is none. */
function conditionsOf(text: unknown): string[] {
  return typeof text === 'string' && /^[ @A-Z0-9]*$/.test(text) ? text.split('') : [];
}

/** How the venue writes that there is no price. */
function isNone(value: unknown): boolean {
  return value === 0 || value === -1;
}
