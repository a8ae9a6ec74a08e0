import type { Money, Price, Quantity } from './amounts.ts';
import type { ClientOrderId, OrderRole, TradeId } from './ids.ts';
import type { InstrumentId } from './instrument.ts';
import type { Side } from './market-data.ts';

/**
 * An order as we ask for it. `stop` rests at the venue until its trigger, then trades at market.
 */
export type OrderRequest = {
  readonly clientOrderId: ClientOrderId;
  readonly tradeId: TradeId;
  readonly role: OrderRole;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly reduceOnly: boolean;
  readonly kind:
    | { readonly type: 'market' }
    | { readonly type: 'limit'; readonly price: Price }
    | { readonly type: 'stop'; readonly triggerPrice: Price };
};

declare const approvedBrand: unique symbol;
/**
 * An order that passed the pre-trade rules. Only order-core makes one, and a broker submits nothing
 * else.
 */
export type ApprovedOrder = OrderRequest & { readonly [approvedBrand]: true };

/** Where an order stands in the venue's own words, mapped. */
export type VenueOrderStatus =
  | 'working'
  | 'partiallyFilled'
  | 'filled'
  | 'cancelled'
  | 'rejected'
  | 'expired';

/** The venue's account of one order, from a stream, a listing or a query; all the same shape. */
export type OrderReport = {
  /** As the venue echoes it; '' for an order that was not sent with one. */
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly instrument: InstrumentId;
  readonly status: VenueOrderStatus;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly filledQuantityCum: Quantity;
  /** The venue's reason for a rejection or cancellation, '' when none. */
  readonly reason: string;
  readonly eventTime: number;
};

/** One execution. (venue, account, executionId) is its identity, whichever channel brought it. */
export type Fill = {
  readonly venue: string;
  readonly account: string;
  readonly executionId: string;
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Money;
  readonly liquidity: 'maker' | 'taker';
  readonly eventTime: number;
};

/** Signed: short is negative. */
export type VenuePosition = {
  readonly instrument: InstrumentId;
  readonly quantity: Quantity;
};

export type VenueBalance = {
  readonly currency: string;
  readonly equity: Money;
  readonly available: Money;
};
