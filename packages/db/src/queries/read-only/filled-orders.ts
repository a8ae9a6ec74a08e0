import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { fills, orders, trades } from '../../tables/order-gateway.ts';
import { signals } from '../../tables/strategy-worker.ts';
import { inForce } from './filled-sides.ts';

/** What an order of a trade that a signal has asked for has filled. Times epoch ms. */
export type FilledOrder = {
  readonly signal: typeof signals.$inferSelect;
  readonly order: typeof orders.$inferSelect;
  /** Scale 18; the price is the mean of its fills. */
  readonly quantityCum: bigint;
  readonly averagePrice: bigint;
  readonly firstAt: number;
  readonly lastAt: number;
};

/** Orders of strategies' trades whose first fill lies in the stretch (`to` is not in it). */
export async function filledOrders(
  db: Database,
  of: { readonly account: string; readonly from: number; readonly to: number },
): Promise<FilledOrder[]> {
  const firstAt = sql<number>`min(${fills.eventTime})`.mapWith(Number);
  const scaledOf = (text: string): bigint => BigInt(text);
  const rows = await db
    .select({
      ...{ signal: signals, order: orders, firstAt },
      lastAt: sql<number>`max(${fills.eventTime})`.mapWith(Number),
      quantityCum: sql<string>`trunc(sum(${fills.quantity}) * 1e18)::text`,
      averagePrice: sql<string>`trunc(sum(${fills.price} * ${fills.quantity})
        / sum(${fills.quantity}) * 1e18)::text`,
    })
    .from(fills)
    .innerJoin(orders, eq(orders.clientOrderId, fills.clientOrderId))
    .innerJoin(trades, eq(trades.id, orders.tradeId))
    .innerJoin(signals, eq(signals.id, trades.signalId))
    .where(and(eq(trades.account, of.account), inForce))
    .groupBy(signals.id, orders.clientOrderId)
    .having(and(gte(firstAt, of.from), lt(firstAt, of.to)))
    .orderBy(asc(firstAt), asc(orders.clientOrderId));
  return rows.map((row) => ({
    ...row,
    quantityCum: scaledOf(row.quantityCum),
    averagePrice: scaledOf(row.averagePrice),
  }));
}
