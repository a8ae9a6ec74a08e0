import {
  type Bar,
  type InstrumentId,
  type PublicTrade,
  type Quote,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { compareDecimals, createTickCheck, isPositiveDecimal } from '../decimal-check.ts';
import type { FaultSink, FeedFault } from '../faults.ts';
import type { Route, TradeCorrection } from '../feed.ts';
import { floatDecimal } from '../float-decimal.ts';
import { printStep } from '../print-step.ts';
import { isPriceOfMarket } from '../sale-conditions.ts';
import { createTradeIds, described, idOf, type Item, timeOf } from './stream-values.ts';

/** A map, since an object has words of its own, such as 'constructor'. */
const SIDES: ReadonlyMap<unknown, 'buy' | 'sell'> = new Map([
  ['B', 'buy'],
  ['S', 'sell'],
]);
type PriceCheck = (decimal: string) => boolean;

/**
 * Reads what the stream tells of one instrument. Numbers are float64 on this wire: they become
 * their shortest decimal text, which the tick then proves. Null, after `fault`, for what cannot be
 * used; null without a fault for what is no price of the market.
 */
export class StreamItems {
  readonly #id: InstrumentId;
  readonly #fault: FaultSink;
  readonly #isOnTick: PriceCheck;
  readonly #isPrint: PriceCheck;
  readonly #tradeId: ReturnType<typeof createTradeIds>;
  #last: string | null = null;

  constructor({ instrument }: Route, fault: FaultSink) {
    this.#id = instrument.id;
    this.#fault = fault;
    this.#isOnTick = createTickCheck(instrument.tickSize);
    this.#isPrint = createTickCheck(printStep(instrument));
    this.#tradeId = createTradeIds(instrument.session);
  }

  trade(item: Item, receivedTime: number): PublicTrade | null {
    const trade = this.#print(item, ['i', 'p', 's'], receivedTime);
    if (trade === null || !isPriceOfMarket(item['z'], item['c'])) return null;
    this.#last = trade.price;
    return trade;
  }

  /** Null without a fault for one side alone, and before the first trade: it has no last price. */
  quote(item: Item, receivedTime: number): Quote | null {
    if (isZero(item['bp']) || isZero(item['ap'])) return null;
    const eventTime = this.#at(item);
    const bid = this.#price(item['bp'], 'bp', this.#isOnTick);
    const ask = this.#price(item['ap'], 'ap', this.#isOnTick);
    if (eventTime === null || bid === null || ask === null) return null;
    const bidQuantity = this.#size(item, 'bs');
    const askQuantity = this.#size(item, 'as');
    const last = this.#last;
    if (bidQuantity === null || askQuantity === null || last === null) return null;
    const prices = { bid, bidQuantity, ask, askQuantity, last };
    return { instrument: this.#id, source: 'alpaca', ...prices, eventTime, receivedTime };
  }

  /** `corrected` for the venue's second word about a minute, half a minute after its end. */
  bar(item: Item, state: 'closed' | 'corrected'): Bar | null {
    const openTime = this.#at(item);
    if (openTime === null) return null;
    if (openTime % TIMEFRAME_MS['1m'] !== 0)
      return this.#refuse('FEED_TIME_INVALID', 't', openTime);
    const [open, high, low, close] = ['o', 'h', 'l', 'c'].map((name) =>
      this.#price(item[name], name, this.#isPrint),
    );
    if (open == null || high == null || low == null || close == null) return null;
    if (compareDecimals(high, low) < 0) {
      return this.#refuse('FEED_PRICE_INVALID', `high below low ${low}:`, high);
    }
    const volume = this.#size(item, 'v');
    if (volume === null) return null;
    const tradeCount = Number(idOf(item['n']) ?? 0);
    const what = { instrument: this.#id, timeframe: '1m', openTime } as const;
    const prices = { open, high, low, close, volume, tradeCount };
    return { ...what, ...prices, state, source: 'alpaca', builtFrom: 'venue', missing: 0 };
  }

  correction(item: Item, receivedTime: number): TradeCorrection | null {
    const trade = this.#print(item, ['ci', 'cp', 'cs'], receivedTime);
    if (trade === null) return null;
    const counts = isPriceOfMarket(item['z'], item['cc']);
    return this.#takenBack(item, 'oi', counts ? trade : null, receivedTime);
  }

  cancel(item: Item, receivedTime: number): TradeCorrection | null {
    return this.#takenBack(item, 'i', null, receivedTime);
  }

  #takenBack(
    item: Item,
    idField: string,
    trade: PublicTrade | null,
    receivedTime: number,
  ): TradeCorrection | null {
    const eventTime = this.#at(item);
    const venueTradeId = eventTime === null ? null : this.#name(item, idField, eventTime);
    if (eventTime === null || venueTradeId === null) return null;
    const what = { kind: 'correction', instrument: this.#id, source: 'alpaca' } as const;
    return { ...what, venueTradeId, trade, eventTime, receivedTime };
  }

  #print(
    item: Item,
    [idField, priceField, sizeField]: readonly [string, string, string],
    receivedTime: number,
  ): PublicTrade | null {
    const eventTime = this.#at(item);
    if (eventTime === null) return null;
    const venueTradeId = this.#name(item, idField, eventTime);
    if (venueTradeId === null) return null;
    const price = this.#price(item[priceField], priceField, this.#isPrint);
    if (price === null) return null;
    const quantity = floatDecimal(item[sizeField]);
    if (!isPositiveDecimal(quantity)) {
      return this.#refuse('FEED_QUANTITY_INVALID', sizeField, item[sizeField]);
    }
    const takerSide = SIDES.get(item['tks']) ?? null;
    const what = { instrument: this.#id, source: 'alpaca', venueTradeId } as const;
    return { ...what, price, quantity, takerSide, eventTime, receivedTime };
  }

  #price(value: unknown, field: string, isValid: PriceCheck): string | null {
    const text = floatDecimal(value);
    if (!isPositiveDecimal(text)) return this.#refuse('FEED_PRICE_INVALID', field, value);
    return isValid(text) ? text : this.#refuse('FEED_OFF_TICK', field, value);
  }

  #size(item: Item, field: string): string | null {
    const text = floatDecimal(item[field]);
    return text ?? this.#refuse('FEED_QUANTITY_INVALID', field, item[field]);
  }

  #name(item: Item, idField: string, at: number): string | null {
    const digits = idOf(item[idField]);
    const name = digits === null ? null : this.#tradeId(digits, item['x'], at);
    if (name !== null) return name;
    const value = `${described(item[idField])} at ${described(item['x'])}`;
    return this.#refuse('FEED_FIELD_INVALID', idField, value);
  }

  #at(item: Item): number | null {
    return timeOf(item['t']) ?? this.#refuse('FEED_TIME_INVALID', 't', item['t']);
  }

  #refuse(code: FeedFault, field: string, value: unknown): null {
    this.#fault(code, `${this.#id} ${field} ${described(value)}`, this.#id);
    return null;
  }
}

function isZero(value: unknown): boolean {
  return value === 0 || value === 0n;
}
