import type { InstrumentId, Quote } from '@ballast/domain';
import { isDecimal, isPositiveDecimal } from '../decimal-check.ts';
import { type FaultSink, type FeedFault, shown } from '../faults.ts';
import type { BookLevel } from '../feed.ts';

const FIELDS = {
  bid1Price: 'bid',
  bid1Size: 'bidQuantity',
  ask1Price: 'ask',
  ask1Size: 'askQuantity',
  lastPrice: 'last',
} as const;
type WireField = keyof typeof FIELDS;
type QuoteField = (typeof FIELDS)[WireField];
const WIRE_FIELDS: readonly WireField[] = [
  'bid1Price',
  'bid1Size',
  'ask1Price',
  'ask1Size',
  'lastPrice',
];
const LAST_FIELDS: readonly WireField[] = ['lastPrice'];

type PriceCheck = (decimal: string) => boolean;

/**
 * The ticker of one instrument: a snapshot, then deltas in which an absent field means unchanged. A
 * field that cannot be used is not known until it is told again: its last good value would pass for
 * one of now. The methods give the quote after a frame, or null when nothing of it changed or it is
 * not complete.
 */
export class Ticker {
  readonly #instrument: InstrumentId;
  readonly #isOnTick: PriceCheck;
  readonly #isPrint: PriceCheck;
  readonly #fault: FaultSink;
  #known: Partial<Record<QuoteField, string>> = {};
  #hasSnapshot = false;
  #waitingSince: number | null = null;

  /** `isPrint` for the last price, which was traded; `isOnTick` for those of orders. */
  constructor(
    instrument: InstrumentId,
    { isOnTick, isPrint }: Readonly<Record<'isOnTick' | 'isPrint', PriceCheck>>,
    fault: FaultSink,
  ) {
    this.#instrument = instrument;
    this.#isOnTick = isOnTick;
    this.#isPrint = isPrint;
    this.#fault = fault;
  }

  /** When the first delta without a snapshot came; null when none is waiting for one. */
  get waitingSince(): number | null {
    return this.#waitingSince;
  }

  apply(type: unknown, data: object, eventTime: number, receivedTime: number): Quote | null {
    if (type === 'snapshot') {
      this.#known = {};
      this.#hasSnapshot = true;
      this.#waitingSince = null;
    } else if (!this.#hasSnapshot) {
      this.#waitingSince ??= receivedTime;
      this.#fault('FEED_DELTA_WITHOUT_SNAPSHOT', this.#instrument, this.#instrument);
      return null;
    }
    return this.#merge(data, WIRE_FIELDS) ? this.#quote(eventTime, receivedTime) : null;
  }

  /** For a ticker that is always whole and has the last price alone. */
  applyLast(data: object, eventTime: number, receivedTime: number): Quote | null {
    return this.#merge(data, LAST_FIELDS) ? this.#quote(eventTime, receivedTime) : null;
  }

  /** For the first levels of a book, both null when it is lost: without both nothing is quoted. */
  applyBest(
    bid: BookLevel | null,
    ask: BookLevel | null,
    eventTime: number,
    receivedTime: number,
  ): Quote | null {
    const { last } = this.#known;
    this.#known = {
      ...(last === undefined ? {} : { last }),
      ...(bid === null ? {} : { bid: bid[0], bidQuantity: bid[1] }),
      ...(ask === null ? {} : { ask: ask[0], askQuantity: ask[1] }),
    };
    return this.#quote(eventTime, receivedTime);
  }

  /** After a reconnect only a new snapshot says where things stand. */
  reset(): void {
    this.#known = {};
    this.#hasSnapshot = false;
    this.#waitingSince = null;
  }

  #usable(field: WireField, value: unknown): value is string {
    if (field === 'bid1Size' || field === 'ask1Size') {
      if (isDecimal(value)) return true;
      return this.#refuse('FEED_QUANTITY_INVALID', field, value);
    }
    if (!isPositiveDecimal(value)) {
      return this.#refuse('FEED_PRICE_INVALID', field, value);
    }
    const isValid = field === 'lastPrice' ? this.#isPrint : this.#isOnTick;
    if (isValid(value)) return true;
    return this.#refuse('FEED_OFF_TICK', field, value);
  }

  #refuse(code: FeedFault, field: WireField, value: unknown): false {
    const id = this.#instrument;
    this.#fault(code, `${id} ${field} ${shown(value)}`, id);
    return false;
  }

  /** Whether something of `fields` in `data` is new. */
  #merge(data: object, fields: readonly WireField[]): boolean {
    let changed = false;
    for (const field of fields) {
      const value: unknown = Reflect.get(data, field);
      if (value === undefined) continue;
      if (!this.#usable(field, value)) {
        delete this.#known[FIELDS[field]];
        continue;
      }
      if (this.#known[FIELDS[field]] === value) continue;
      this.#known[FIELDS[field]] = value;
      changed = true;
    }
    return changed;
  }

  #quote(eventTime: number, receivedTime: number): Quote | null {
    const { bid, bidQuantity, ask, askQuantity, last } = this.#known;
    if (bid === undefined || bidQuantity === undefined) return null;
    if (ask === undefined || askQuantity === undefined || last === undefined) return null;
    const prices = { bid, bidQuantity, ask, askQuantity, last };
    const times = { eventTime, receivedTime };
    return { instrument: this.#instrument, source: 'bybit', ...prices, ...times };
  }
}
