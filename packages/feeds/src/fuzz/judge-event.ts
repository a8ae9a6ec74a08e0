import type { Bar, InstrumentId } from '@ballast/domain';
import { compareDecimals, isDecimal, isPositiveDecimal } from '../decimal-check.ts';
import type { BookLevel, FeedEvent } from '../feed.ts';

/** Would break a row of the market stream. */
const UNPRINTABLE = /[\t\n\0]/;

/** Why the event should never have been told, or null. */
export function judgeEvent(event: FeedEvent, known: ReadonlySet<InstrumentId>): string | null {
  switch (event.kind) {
    case 'trade': {
      const { instrument, price, quantity, venueTradeId, takerSide, ...times } = event.trade;
      if (!known.has(instrument)) return 'unknown instrument';
      if (!isPositiveDecimal(price)) return 'price';
      if (!isPositiveDecimal(quantity)) return 'quantity';
      if (isUnfitText(venueTradeId)) return 'id';
      if (takerSide !== null && takerSide !== 'buy' && takerSide !== 'sell') return 'side';
      return judgeTimes(times);
    }
    case 'quote': {
      const { instrument, bid, ask, last, bidQuantity, askQuantity, ...times } = event.quote;
      if (!known.has(instrument)) return 'unknown instrument';
      if (![bid, ask, last].every(isPositiveDecimal)) return 'price';
      return [bidQuantity, askQuantity].every(isDecimal) ? judgeTimes(times) : 'quantity';
    }
    case 'bar':
      return known.has(event.bar.instrument) ? judgeBar(event.bar) : 'unknown instrument';
    case 'price':
      if (!known.has(event.instrument)) return 'unknown instrument';
      return isPositiveDecimal(event.price) ? judgeTimes(event) : 'price';
    case 'book':
      if (!known.has(event.instrument)) return 'unknown instrument';
      return judgeBook(event.bids, event.asks) ?? judgeTimes(event);
    case 'correction': {
      if (!known.has(event.instrument)) return 'unknown instrument';
      if (isUnfitText(event.venueTradeId)) return 'id';
      const { trade } = event;
      return trade === null ? judgeTimes(event) : judgeEvent({ kind: 'trade', trade }, known);
    }
    case 'gap':
      if (!known.has(event.instrument)) return 'unknown instrument';
      return [event.from, event.to].every((time) => time === null || isTime(time)) ? null : 'time';
    case 'begin':
      return known.has(event.instrument) ? null : 'unknown instrument';
    default:
      return event satisfies never;
  }
}

function judgeBar({ openTime, open, high, low, close, volume }: Bar): string | null {
  if (![open, high, low, close].every(isPositiveDecimal)) return 'price';
  if (compareDecimals(high, low) < 0) return 'high below low';
  if (!isDecimal(volume)) return 'quantity';
  return isTime(openTime) && openTime % 60_000 === 0 ? null : 'time';
}

function judgeBook(bids: readonly BookLevel[], asks: readonly BookLevel[]): string | null {
  for (const [levels, order] of [[bids, -1] as const, [asks, 1] as const]) {
    for (const [index, [price, quantity]] of levels.entries()) {
      if (!isPositiveDecimal(price) || !isPositiveDecimal(quantity)) return 'level';
      const before = levels[index - 1];
      if (before !== undefined && compareDecimals(before[0], price) * order >= 0) return 'order';
    }
  }
  const [bid, ask] = [bids[0], asks[0]];
  const isCrossed = bid !== undefined && ask !== undefined && compareDecimals(bid[0], ask[0]) >= 0;
  return isCrossed ? 'crossed' : null;
}

function judgeTimes(times: { eventTime: number; receivedTime: number }): string | null {
  return isTime(times.eventTime) && isTime(times.receivedTime) ? null : 'time';
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isUnfitText(value: unknown): boolean {
  return typeof value !== 'string' || value === '' || value.length > 128 || UNPRINTABLE.test(value);
}
