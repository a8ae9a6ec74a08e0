import {
  absoluteQuantity,
  type ClientOrderId,
  type Instrument,
  type OrderRole,
  type Quantity,
  type Side,
  type TradeId,
  type TradePlan,
} from '@ballast/domain';
import type { Position } from './ledger.ts';
import type { Order } from './order.ts';

export type TradeStatus =
  | 'planned'
  | 'entering'
  | 'open'
  | 'closing'
  | 'closed'
  | 'cancelled'
  | 'denied';

/** A trade's whole state: plain data, the unit of locking, and what a restart loads. */
export type Trade = {
  readonly version: 1;
  readonly id: TradeId;
  readonly account: string;
  readonly instrument: Instrument;
  readonly plan: TradePlan;
  readonly status: TradeStatus;
  readonly createdAt: number;
  readonly endedAt: number | null;
  readonly endReason: string | null;
  /** Set once and for good: from then on the trade only reduces. */
  readonly closing: { readonly at: number; readonly reason: string } | null;
  readonly orders: Readonly<Record<string, Order>>;
  /** Execution ids that are booked; a fill is a fact only once. */
  readonly executionIds: readonly string[];
  /** Executions under an order id of this trade that contradict it: told once, never booked. */
  readonly mismatchedExecutionIds: readonly string[];
  readonly position: Position;
  /** Since when some filled quantity has had no working stop; null while covered or flat. */
  readonly unprotectedSince: number | null;
  readonly incident: 'UNPROTECTED' | 'LEGS_EXHAUSTED' | null;
};

export const ENDED: ReadonlySet<TradeStatus> = new Set(['closed', 'cancelled', 'denied']);

export function ordersOf(trade: Trade, role: OrderRole): Order[] {
  return Object.values(trade.orders).filter((order) => order.request.role === role);
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

/**
 * Open quantity in the trade's own direction; 0 when flat, and 0 when it has been overshot (see
 * isOvershot).
 */
export function openQuantity(trade: Trade): Quantity {
  return isOvershot(trade) ? (0n as Quantity) : absoluteQuantity(trade.position.quantity);
}

/**
 * More was exited than entered: must not happen with reduce-only exits, and is an incident when it
 * does.
 */
export function isOvershot(trade: Trade): boolean {
  const { quantity } = trade.position;
  return trade.plan.direction === 'long' ? quantity < 0n : quantity > 0n;
}
