import { and, inArray, sql } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { fills } from '../../tables/order-gateway.ts';

/** What a trade has bought and sold in all: decimal text, the prices weighted by quantity. */
export type FilledSide = { readonly quantityCum: string; readonly averagePrice: string };
export type FilledSides = Partial<Record<string, FilledSide>>;

/** Not corrected by a later revision, and not taken back by this one. */
export const inForce = sql`${fills.quantity} > 0 AND NOT EXISTS (
  SELECT 1 FROM ${fills} AS later
  WHERE later.venue = ${fills.venue} AND later.account = ${fills.account}
    AND later.execution_id = ${fills.executionId} AND later.revision > ${fills.revision})`;

/**
 * By trade id, then by side. A closed trade's position is flat and keeps neither quantity nor
 * price: the ledger has both.
 */
export async function filledSides(
  db: Pick<Database, 'select'>,
  tradeIds: readonly string[],
): Promise<ReadonlyMap<string, FilledSides>> {
  const sides = new Map<string, FilledSides>();
  if (tradeIds.length === 0) return sides;
  const rows = await db
    .select({
      tradeId: fills.tradeId,
      side: fills.side,
      quantityCum: sql<string>`sum(${fills.quantity})::numeric(38,18)`,
      averagePrice: sql<string>`(sum(${fills.price} * ${fills.quantity})
        / sum(${fills.quantity}))::numeric(38,18)`,
    })
    .from(fills)
    .where(and(inArray(fills.tradeId, [...tradeIds]), inForce))
    .groupBy(fills.tradeId, fills.side);
  for (const { tradeId, side, quantityCum, averagePrice } of rows) {
    sides.set(tradeId, { ...sides.get(tradeId), [side]: { quantityCum, averagePrice } });
  }
  return sides;
}
