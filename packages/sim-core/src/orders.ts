import type { InstrumentId, Price, Quantity, Side } from '@ballast/domain';

/** A limit order may be this many times as large as one that trades at market. */
export const LIMIT_TO_MARKET = 5n;

export type TimeInForce = 'gtc' | 'ioc' | 'fok' | 'postOnly';

/** Fires when the last price has risen (fallen) to `price`. */
export type Trigger = { readonly price: Price; readonly direction: 'rise' | 'fall' };

/** An order as the client asks for it. `linkId` '' when the client sent none. */
export type OrderSpec = {
  readonly linkId: string;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly type: 'limit' | 'market';
  /** Null for market orders only. */
  readonly price: Price | null;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly trigger: Trigger | null;
  /** The first order of a group to trade ends the others, before anything else can trade. */
  readonly group?: string;
};

export type OrderStatus =
  | 'untriggered'
  | 'triggered'
  | 'new'
  | 'partiallyFilled'
  | 'filled'
  | 'cancelled'
  | 'deactivated';

/** Why the venue ended an order; '' while it lives and when it filled. */
export type EndReason =
  | ''
  | 'byUser'
  | 'byReduceOnly'
  | 'byGroup'
  | 'rejected'
  | 'postOnlyWouldTake'
  | 'noImmediateQuantity'
  | 'noLiquidity'
  | 'insufficientBalance';

export type VenueOrder = OrderSpec & {
  readonly id: string;
  readonly status: OrderStatus;
  readonly filled: Quantity;
  /** Σ price × quantity of its fills, scale 18. */
  readonly cost: bigint;
  readonly fees: bigint;
  readonly endReason: EndReason;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type Execution = {
  readonly id: string;
  readonly sequence: number;
  readonly orderId: string;
  readonly linkId: string;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: bigint;
  readonly feeRate: bigint;
  readonly liquidity: 'maker' | 'taker';
  /** Part of the quantity that closed a position. */
  readonly closedQuantity: Quantity;
  readonly orderType: 'limit' | 'market';
  readonly orderPrice: Price | null;
  readonly orderQuantity: Quantity;
  readonly leaves: Quantity;
  readonly reduceOnly: boolean;
  readonly at: number;
};

/** One-way position, linear: `quantity` is negative when short, `cost` = Σ entry notional ≥ 0. */
export type Position = {
  readonly instrument: InstrumentId;
  readonly quantity: Quantity;
  readonly cost: bigint;
  readonly realisedCum: bigint;
  readonly feesCum: bigint;
  readonly updatedAt: number;
};

export type VenueEvent =
  | { readonly kind: 'execution'; readonly execution: Execution }
  | { readonly kind: 'order'; readonly order: VenueOrder }
  | { readonly kind: 'position'; readonly position: Position }
  | {
      readonly kind: 'wallet';
      readonly currency: string;
      readonly cash: bigint;
      readonly at: number;
    };

export type RefusalCode =
  | 'UNKNOWN_INSTRUMENT'
  | 'LINK_ID_MALFORMED'
  | 'DUPLICATE_LINK_ID'
  | 'PRICE_MISSING'
  | 'OFF_TICK'
  | 'OFF_LOT'
  | 'BELOW_MIN_QUANTITY'
  | 'ABOVE_MAX_QUANTITY'
  | 'BELOW_MIN_NOTIONAL'
  | 'TRIGGER_WRONG_SIDE'
  | 'NO_POSITION_TO_REDUCE'
  | 'INSUFFICIENT_BALANCE'
  | 'NO_MARKET'
  | 'TOO_MANY_ORDERS'
  | 'TOO_MANY_WAITING'
  | 'ORDER_NOT_FOUND'
  | 'NOTHING_TO_AMEND'
  | 'QUANTITY_BELOW_FILLED';

export type Refusal = { readonly code: RefusalCode; readonly message: string };

export function leavesOf(order: VenueOrder): Quantity {
  return (order.quantity - order.filled) as Quantity;
}

export function isOpen(status: OrderStatus): boolean {
  return status !== 'filled' && status !== 'cancelled' && status !== 'deactivated';
}
