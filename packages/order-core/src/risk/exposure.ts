import {
  absoluteQuantity,
  addQuantity,
  notional,
  type Price,
  type Quantity,
  type Quote,
  targetsOf,
  type TradePlan,
} from '@ballast/domain';
import { liveQuantity } from '../exits.ts';
import { entryPrice } from '../ledger.ts';
import { isLive, unbookedQuantity } from '../order.ts';
import { ordersOf, type Trade } from '../trade.ts';
import { type OpenExposure, quotedPrice } from './facts.ts';

/** What of a trade tells what it binds. */
export type HeldTrade = Pick<
  Trade,
  'id' | 'createdAt' | 'plan' | 'instrument' | 'position' | 'status' | 'orders'
>;

/**
 * What a trade that has not ended binds: what it holds at the last price, and what it may still
 * enter at the price expected for that. Without a quote what it holds counts at its entry price.
 */
export function exposureOf(trade: HeldTrade, quote: Quote | null): OpenExposure {
  const { plan, instrument, position } = trade;
  const { multiplier, quoteCurrency } = instrument;
  const entering = expectedEntry(plan, { quote }) ?? furthest(plan);
  const mark =
    (quote === null ? null : quotedPrice(quote.last)) ?? entryPrice(position, multiplier);
  const held = absoluteQuantity(position.quantity);
  const value = (price: Price, quantity: Quantity): bigint =>
    notional(price, quantity, multiplier, quoteCurrency, 'ceil').amount;
  return {
    tradeId: trade.id,
    instrument: plan.instrument,
    sector: instrument.sector,
    strategy: plan.origin.kind === 'signal' ? plan.origin.strategy : null,
    notional: {
      amount: value(mark ?? entering, held) + value(entering, mayEnter(trade)),
      currency: quoteCurrency,
    },
  };
}

/**
 * The price the entry is reckoned with: its limit, a stop's trigger, or the side of the quote that
 * a market order meets.
 */
export function expectedEntry(
  plan: TradePlan,
  { quote }: { readonly quote: Quote | null },
): Price | null {
  if ('price' in plan.entry) return plan.entry.price;
  if (plan.entry.type === 'stop') return plan.entry.triggerPrice;
  if (quote === null) return null;
  return quotedPrice(plan.direction === 'long' ? quote.ask : quote.bid);
}

/**
 * Until something has filled, all of it may come, be it by a second request; then what still works,
 * and what an entry that has ended is reported to have filled and is not booked yet.
 */
function mayEnter(trade: HeldTrade): Quantity {
  const { status, plan } = trade;
  if (status === 'planned' || status === 'entering') return plan.quantity;
  const entries = ordersOf(trade, 'entry');
  return entries
    .filter((order) => !isLive(order))
    .reduce((sum, order) => addQuantity(sum, unbookedQuantity(order)), liveQuantity(entries));
}

/** Without any price the highest level is the most that an entry can have cost. */
function furthest(plan: TradePlan): Price {
  const levels = [plan.stop, ...targetsOf(plan).map(({ price }) => price)];
  return levels.reduce((a, b) => (a > b ? a : b));
}
