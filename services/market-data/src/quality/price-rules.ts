import type { Bar, Quote } from '@ballast/domain';
import type { QualityRule } from './quality-rules.ts';

/*
 * Numbers here only decide what looks wrong, none is passed on: a float64 of decimal text keeps
 * the order of any two, so nothing is found crossed that is not.
 */

/** Decimal text above zero. */
export const isPositive = (decimal: string): boolean => Number(decimal) > 0;

const isNegative = (decimal: string): boolean => !(Number(decimal) >= 0);

/**
 * What is wrong with the quotes of one source of an instrument. Text that was right before is not
 * read again.
 */
export class QuoteRule {
  #bid = '';
  #ask = '';
  #last = '';
  #bidQuantity = '';
  #askQuantity = '';

  judge(quote: Quote): QualityRule | null {
    const { bid, ask, last, bidQuantity, askQuantity } = quote;
    if (bid !== this.#bid || ask !== this.#ask) {
      const bought = Number(bid);
      const sold = Number(ask);
      if (!(bought > 0) || !(sold > 0)) return 'PRICE_NOT_POSITIVE';
      // Equal is no fault: markets of several venues lock.
      if (bought > sold) return 'CROSSED_QUOTE';
      this.#bid = bid;
      this.#ask = ask;
    }
    if (last !== this.#last) {
      if (!isPositive(last)) return 'PRICE_NOT_POSITIVE';
      this.#last = last;
    }
    if (bidQuantity !== this.#bidQuantity || askQuantity !== this.#askQuantity) {
      // A side with nothing left on it is a fact; one with less is not.
      if (isNegative(bidQuantity) || isNegative(askQuantity)) return 'QUANTITY_NOT_POSITIVE';
      this.#bidQuantity = bidQuantity;
      this.#askQuantity = askQuantity;
    }
    return null;
  }
}

/** A bar that no trades could have made; the venue's or our own. */
export function barRule(bar: Bar): QualityRule | null {
  const open = Number(bar.open);
  const high = Number(bar.high);
  const low = Number(bar.low);
  const close = Number(bar.close);
  if (!(open > 0 && high > 0 && low > 0 && close > 0)) return 'PRICE_NOT_POSITIVE';
  if (isNegative(bar.volume)) return 'QUANTITY_NOT_POSITIVE';
  if (high < low) return 'HIGH_BELOW_LOW';
  const isOutside = open > high || open < low || close > high || close < low;
  return isOutside ? 'OUTSIDE_HIGH_LOW' : null;
}
