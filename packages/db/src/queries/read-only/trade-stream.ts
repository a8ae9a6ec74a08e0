import { and, asc, eq, gt, max } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { tradeEvents, trades } from '../../tables/order-gateway.ts';

/** One stored event with what a list needs to show it without asking again. */
export type TradeEventRow = {
  readonly seq: number;
  readonly tradeId: string;
  readonly type: string;
  readonly data?: unknown;
  readonly at: number;
  readonly instrument: string;
  readonly direction: string;
  readonly status: string;
};

/** Events after `seq` in commit order, at most `limit`. */
export async function tradeEventsAfter(
  db: Database,
  account: string,
  seq: number,
  limit: number,
): Promise<TradeEventRow[]> {
  return db
    .select({
      seq: tradeEvents.seq,
      tradeId: tradeEvents.tradeId,
      type: tradeEvents.type,
      data: tradeEvents.data,
      at: tradeEvents.at,
      instrument: trades.instrument,
      direction: trades.direction,
      status: trades.status,
    })
    .from(tradeEvents)
    .innerJoin(trades, eq(trades.id, tradeEvents.tradeId))
    .where(and(gt(tradeEvents.seq, seq), eq(trades.account, account)))
    .orderBy(asc(tradeEvents.seq))
    .limit(limit);
}

/** The newest event's number, 0 when there is none. */
export async function lastTradeEventSeq(db: Database): Promise<number> {
  const [row] = await db.select({ seq: max(tradeEvents.seq) }).from(tradeEvents);
  return row?.seq ?? 0;
}
