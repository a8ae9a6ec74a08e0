import type { Money, Price, Quantity } from './amounts.ts';
import type { ClientOrderId, OrderRole, TradeId } from './ids.ts';
import type { InstrumentId } from './instrument.ts';
import type { Side } from './market-data.ts';
import type { TradedMarket } from './traded-market.ts';

/** How long an order may live; `day` ends with the venue's session. */
export const TIMES_IN_FORCE = ['gtc', 'day', 'ioc', 'fok'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/**
 * `stop` rests at the venue until its trigger, then trades at market; `stopLimit` then becomes a
 * limit order. Stops are good till cancelled.
 */
export type OrderKind =
  | { readonly type: 'market' }
  | {
      readonly type: 'limit';
      readonly price: Price;
      readonly timeInForce: TimeInForce;
      readonly postOnly: boolean;
    }
  | { readonly type: 'stop'; readonly triggerPrice: Price }
  | { readonly type: 'stopLimit'; readonly triggerPrice: Price; readonly price: Price };

/** An order as we ask for it. */
export type OrderRequest = {
  readonly clientOrderId: ClientOrderId;
  readonly tradeId: TradeId;
  readonly role: OrderRole;
  /** The part of the position that an exit is for; 0 where there is only one. */
  readonly slot: number;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly reduceOnly: boolean;
  readonly kind: OrderKind;
};

declare const approvedBrand: unique symbol;
/**
 * An order that passed the pre-trade rules. Only order-core makes one,
 * and a broker submits nothing else.
 */
export type RiskApproved = OrderRequest & { readonly [approvedBrand]: true };

/**
 * Where an order stands in the venue's own words, mapped. `unrecognised`: a word that we do not
 * know; nobody may guess what it means.
 */
export type VenueOrderStatus =
  | 'unrecognised'
  | 'working'
  | 'partiallyFilled'
  | 'filled'
  | 'cancelled'
  | 'rejected'
  | 'expired';

/**
 * What the reason of a rejection begins with for which only the hour was to blame: the market did
 * not trade. Anything else about the order was in order.
 */
export const REJECTED_WHILE_CLOSED = 'MARKET_CLOSED';

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

/**
 * One execution. (venue, account, executionId) is its identity, whichever channel brought it. A
 * venue may correct it: the same id with a higher `revision` takes the place of the one before,
 * and one of quantity 0 takes it back (a bust).
 */
export type Fill = {
  readonly venue: string;
  readonly account: string;
  readonly executionId: string;
  /** 0 for the execution as first told. */
  readonly revision: number;
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

/**
 * What a venue can do, so that the order core never asks which venue it is.
 * `exits`: how the orders of one position are kept from exceeding it. `reduceOnly`: the venue clips
 * them; `reserved`: not at all, so that only one exit may rest for each unit of the position.
 */
export type VenueCapabilities = {
  /** What the account can trade here; a plan in anything else is denied. */
  readonly markets: readonly TradedMarket[];
  readonly exits: 'reduceOnly' | 'reserved';
  /** May the account hold a short position here at all? */
  readonly shorting: boolean;
  readonly postOnly: boolean;
  /** Of limit orders. */
  readonly timesInForce: readonly TimeInForce[];
  /**
   * A request that was not answered can still arrive for this long (ms). A question asked later
   * and answered with "not found" is proof.
   */
  readonly requestSettlesMs: number;
  /** How far back the venue tells executions (ms). */
  readonly executionsKeptMs: number;
};

/** A time that the venue is known not to serve (epoch ms), such as its daily restart. */
export type QuietWindow = {
  readonly from: number;
  readonly until: number;
  readonly reason: string;
};

/** What holds at an account's venue at one moment. */
export type VenueConditions = {
  readonly capabilities: VenueCapabilities;
  /** The one that is under way, or else the next; null when none is known. */
  readonly quietWindow: QuietWindow | null;
};
