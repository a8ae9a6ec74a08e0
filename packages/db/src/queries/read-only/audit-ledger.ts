import { and, asc, eq, getTableColumns, gt } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { audit, fills, orders, positions, trades } from '../../tables/order-gateway.ts';

const PAGE = 5_000;

export type AuditRow = typeof audit.$inferSelect;

/**
 * An account's whole audit chain, row by row, and what its tables have, all as of one moment: the
 * gateway may go on writing meanwhile.
 */
export async function readAuditLedger(
  db: Database,
  account: string,
  onRow: (row: AuditRow) => void,
) {
  return db.transaction(
    async (tx) => {
      for (let seq = 0; ;) {
        const page = await tx
          .select()
          .from(audit)
          .where(and(eq(audit.account, account), gt(audit.seq, seq)))
          .orderBy(asc(audit.seq))
          .limit(PAGE);
        page.forEach(onRow);
        if (page.length < PAGE) break;
        seq = page.at(-1)?.seq ?? seq;
      }
      const { id, quantity, realisedCum, feesCum, entryPrice } = trades;
      return {
        orders: await tx
          .select(getTableColumns(orders))
          .from(orders)
          .innerJoin(trades, eq(trades.id, orders.tradeId))
          .where(eq(trades.account, account)),
        fills: await tx.select().from(fills).where(eq(fills.account, account)),
        trades: await tx
          .select({ id, quantity, realisedCum, feesCum, entryPrice })
          .from(trades)
          .where(eq(trades.account, account)),
        positions: await tx.select().from(positions).where(eq(positions.account, account)),
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}
