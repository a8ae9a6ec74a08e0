import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import {
  audit,
  commandRefusals,
  commands,
  fills,
  incidents,
  orders,
  tradeEvents,
  trades,
} from '../../tables/order-gateway.ts';
import { signals } from '../../tables/strategy-worker.ts';
import { filledSides, inForce } from './filled-sides.ts';
import { toTradeSummary, type TradeSummary } from './trade-list.ts';
import { toOrderSummary, type OrderSummary } from './working-orders.ts';

/** Rows of one kind at most; a trade of this platform has a handful of each. */
const ROWS_MAX = 1_000;

/** Everything stored about one trade, each list oldest first. */
export type TradeRecord = {
  readonly trade: TradeSummary;
  readonly signals: readonly (typeof signals.$inferSelect)[];
  readonly commands: readonly (typeof commands.$inferSelect)[];
  readonly refusals: readonly (typeof commandRefusals.$inferSelect)[];
  readonly events: readonly (typeof tradeEvents.$inferSelect)[];
  readonly orders: readonly OrderSummary[];
  readonly fills: readonly (typeof fills.$inferSelect)[];
  readonly audit: readonly (typeof audit.$inferSelect)[];
  readonly incidents: readonly (typeof incidents.$inferSelect)[];
};

/** Null when no such trade is stored. One snapshot: all lists show the same moment. */
export async function loadTradeRecord(
  db: Database,
  account: string,
  tradeId: string,
): Promise<TradeRecord | null> {
  return db.transaction(
    async (tx) => {
      const [row] = await tx.select().from(trades).where(eq(trades.id, tradeId)).limit(1);
      if (row === undefined || row.account !== account) return null;
      const commandRows = await tx
        .select()
        .from(commands)
        .where(eq(commands.tradeId, tradeId))
        .orderBy(asc(commands.receivedAt))
        .limit(ROWS_MAX);
      const commandIds = commandRows.map((command) => command.id);
      return {
        trade: toTradeSummary(row, (await filledSides(tx, [tradeId])).get(tradeId)),
        commands: commandRows,
        signals: await tx
          .select()
          .from(signals)
          .where(eq(signals.tradeId, tradeId))
          .limit(ROWS_MAX),
        refusals:
          commandIds.length === 0
            ? []
            : await tx
                .select()
                .from(commandRefusals)
                .where(inArray(commandRefusals.commandId, commandIds))
                .limit(ROWS_MAX),
        events: await tx
          .select()
          .from(tradeEvents)
          .where(eq(tradeEvents.tradeId, tradeId))
          .orderBy(asc(tradeEvents.seq))
          .limit(ROWS_MAX),
        orders: (
          await tx
            .select()
            .from(orders)
            .where(eq(orders.tradeId, tradeId))
            .orderBy(asc(orders.createdAt))
            .limit(ROWS_MAX)
        ).map(toOrderSummary),
        fills: await tx
          .select()
          .from(fills)
          .where(eq(fills.tradeId, tradeId))
          .orderBy(asc(fills.eventTime))
          .limit(ROWS_MAX),
        audit: await tx
          .select()
          .from(audit)
          .where(eq(audit.tradeId, tradeId))
          .orderBy(asc(audit.seq))
          .limit(ROWS_MAX),
        incidents: await tx
          .select()
          .from(incidents)
          .where(eq(incidents.tradeId, tradeId))
          .orderBy(asc(incidents.openedAt))
          .limit(ROWS_MAX),
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

export type FillMarker = {
  readonly tradeId: string;
  readonly role: string;
  readonly side: string;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly eventTime: number;
};

/**
 * The newest fills of an instrument, each as it is now, with the role of its order, oldest first:
 * the chart's markers.
 */
export async function recentFills(
  db: Database,
  account: string,
  instrument: string,
  limit: number,
): Promise<FillMarker[]> {
  const rows = await db
    .select({
      tradeId: fills.tradeId,
      role: sql<string>`coalesce(${orders.role}, 'unknown')`,
      side: fills.side,
      price: fills.price,
      quantity: fills.quantity,
      eventTime: fills.eventTime,
    })
    .from(fills)
    .leftJoin(orders, eq(orders.clientOrderId, fills.clientOrderId))
    .where(and(eq(fills.account, account), eq(fills.instrument, instrument), inForce))
    .orderBy(sql`${fills.eventTime} DESC`)
    .limit(limit);
  return rows.toReversed();
}
