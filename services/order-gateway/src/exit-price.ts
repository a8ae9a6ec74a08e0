import type { Price, Quote } from '@ballast/domain';
import { isAsGood, quotedPrice, type Trade } from '@ballast/order-core';

/**
 * Where the market is for a position: the side of the quote at which it could be left, or the last
 * print when that is worse for it, so that one odd print pulls nothing along. Null: no price.
 */
export function exitPrice(trade: Pick<Trade, 'plan'>, quote: Quote): Price | null {
  const side = quotedPrice(trade.plan.direction === 'long' ? quote.bid : quote.ask);
  const last = quotedPrice(quote.last);
  if (side === null || last === null) return side ?? last;
  return isAsGood(trade, side, last) ? last : side;
}
