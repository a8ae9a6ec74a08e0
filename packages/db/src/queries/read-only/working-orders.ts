import { formatScaled } from '@ballast/domain';
import { and, asc, eq, notInArray } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { orders, trades } from '../../tables/order-gateway.ts';

/** An order that has ended at the venue; every other status may still trade. */
const ENDED = ['filled', 'cancelled', 'rejected', 'expired'];
const ROWS_MAX = 500;

type Row = typeof orders.$inferSelect;

/** Decimal text; `price` is the limit price or a stop's trigger, null for a market order. */
export type OrderSummary = Omit<
  Row,
  'quantity' | 'price' | 'triggerPrice' | 'filledQuantityCum'
> & {
  readonly quantity: string;
  readonly price: string | null;
  /** Of a stop-limit order. */
  readonly triggerPrice: string | null;
  readonly filledQuantityCum: string;
};

/** Orders of the account that may still trade, oldest first. */
export async function workingOrders(db: Database, account: string): Promise<OrderSummary[]> {
  const rows = await db
    .select({ order: orders })
    .from(orders)
    .innerJoin(trades, eq(trades.id, orders.tradeId))
    .where(and(eq(trades.account, account), notInArray(orders.status, ENDED)))
    .orderBy(asc(orders.createdAt))
    .limit(ROWS_MAX);
  return rows.map((row) => toOrderSummary(row.order));
}

export function toOrderSummary(row: Row): OrderSummary {
  return {
    ...row,
    quantity: formatScaled(row.quantity),
    price: row.price === null ? null : formatScaled(row.price),
    triggerPrice: row.triggerPrice === null ? null : formatScaled(row.triggerPrice),
    filledQuantityCum: formatScaled(row.filledQuantityCum),
  };
}
