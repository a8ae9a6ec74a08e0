import {
  absoluteQuantity,
  type ClientOrderId,
  type Fill,
  type Instrument,
  type OrderRole,
  type Price,
  type Quantity,
  roundToLot,
  type Side,
  type TradeId,
  type TradePlan,
  type VenueCapabilities,
} from '@ballast/domain';
import { lastAnswer } from './last-answer.ts';
import type { Position } from './ledger.ts';
import { isStrange, type Order } from './order.ts';

export type TradeStatus =
  | 'planned'
  | 'entering'
  | 'open'
  | 'closing'
  | 'closed'
  | 'cancelled'
  | 'denied';

/** A fill as the trade keeps it: enough to fold the position again when one is corrected. */
export type BookedFill = Pick<
  Fill,
  'executionId' | 'revision' | 'clientOrderId' | 'side' | 'price' | 'quantity' | 'fee'
> & {
  /** Of no order of ours: the operator has said that it reduced this trade. */
  readonly byHand?: true;
};

type Asked = { readonly at: number; readonly reason: string };

/** A trade's whole state: plain data, the unit of locking, and what a restart loads. */
export type Trade = {
  readonly version: 2;
  readonly id: TradeId;
  readonly account: string;
  readonly instrument: Instrument;
  readonly capabilities: VenueCapabilities;
  readonly plan: TradePlan;
  readonly status: TradeStatus;
  readonly createdAt: number;
  readonly endedAt: number | null;
  readonly endReason: string | null;
  /** Set once and for good: from then on the trade only reduces. */
  readonly closing: Asked | null;
  /** Nothing more is to be entered; what has been entered goes on. */
  readonly entryStopped: Asked | null;
  /** Where the stops belong now; the plan's stop until it is moved. */
  readonly stopLevel: Price;
  /** The best price seen since the entry, as far as a trailing stop has followed it. */
  readonly trailedFrom: Price | null;
  /** How much was asked to be closed by hand, ever. */
  readonly scaleOutCum: Quantity;
  /** Slots whose target the market has reached, where stop and target cannot both rest. */
  readonly taking: readonly {
    readonly slot: number;
    readonly at: number;
    /** The market has left it again: the stop is back. */
    readonly over: boolean;
  }[];
  readonly orders: Readonly<Record<string, Order>>;
  /** In the order they were booked; each execution once, in its newest revision. */
  readonly fills: readonly BookedFill[];
  /** Executions under an order id of this trade that contradict it: told once, never booked. */
  readonly mismatchedExecutionIds: readonly string[];
  readonly position: Position;
  /** Since when some filled quantity has had no working stop; null while covered or flat. */
  readonly unprotectedSince: number | null;
  readonly incident: 'UNPROTECTED' | 'LEGS_EXHAUSTED' | null;
};

export const ENDED: ReadonlySet<TradeStatus> = new Set(['closed', 'cancelled', 'denied']);

export function ordersOf(trade: Pick<Trade, 'orders'>, role: OrderRole): readonly Order[] {
  return byRole(trade.orders)[role];
}

const byRole = lastAnswer((orders: Trade['orders']): Readonly<Record<OrderRole, Order[]>> => {
  const found: Record<OrderRole, Order[]> = { entry: [], stop: [], target: [], close: [] };
  for (const order of Object.values(orders)) found[order.request.role].push(order);
  return found;
});

/** What was done by hand and reduced the trade; one that was taken back counts no more. */
export function filledByHand(trade: Trade): boolean {
  return trade.fills.some(({ byHand, quantity }) => byHand === true && quantity > 0n);
}

export function orderById(trade: Trade, id: string): Order | null {
  return trade.orders[id] ?? null;
}

export function withOrder(trade: Trade, order: Order): Trade {
  const id: ClientOrderId = order.request.clientOrderId;
  return { ...trade, orders: { ...trade.orders, [id]: order } };
}

export function entrySide(trade: Pick<Trade, 'plan'>): Side {
  return trade.plan.direction === 'long' ? 'buy' : 'sell';
}

export function exitSide(trade: Pick<Trade, 'plan'>): Side {
  return trade.plan.direction === 'long' ? 'sell' : 'buy';
}

/** Is `price` at least as good for the trade as `other`: higher when long, lower when short? */
export function isAsGood(trade: Pick<Trade, 'plan'>, price: Price, other: Price): boolean {
  return trade.plan.direction === 'long' ? price >= other : price <= other;
}

/**
 * Open quantity in the trade's own direction that an order can be about; 0 when flat, and 0 when
 * it has been overshot (see isOvershot). What a fee in the base currency leaves below one lot no
 * order can move: it ends with the trade and stays in the account's position.
 */
export const openQuantity = lastAnswer((trade: Trade): Quantity => {
  if (isOvershot(trade) || trade.position.quantity === 0n) return 0n as Quantity;
  return roundToLot(absoluteQuantity(trade.position.quantity), trade.instrument, 'floor');
});

/**
 * More was exited than entered: must not happen with reduce-only exits,
 * and is an incident when it does.
 */
export function isOvershot(trade: Trade): boolean {
  const { quantity } = trade.position;
  return trade.plan.direction === 'long' ? quantity < 0n : quantity > 0n;
}

/** Nobody knows what the venue means by an order's state: nothing new is sent. */
export function isFrozen(trade: Trade): boolean {
  return hasStrange(trade.orders);
}

const hasStrange = lastAnswer((orders: Trade['orders']) => Object.values(orders).some(isStrange));
