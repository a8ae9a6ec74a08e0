import { formatScaled } from '@ballast/domain';
import { and, desc, eq } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { trades } from '../../tables/order-gateway.ts';
import { NOT_ENDED } from '../not-ended.ts';

type Row = typeof trades.$inferSelect;

/** A trade for a list or a header: decimal text, times epoch ms, `plan` as TradePlanWire. */
export type TradeSummary = {
  readonly id: string;
  readonly instrument: string;
  readonly direction: string;
  readonly status: string;
  readonly origin: string;
  readonly plan: unknown;
  readonly quantity: string;
  readonly entryPrice: string | null;
  readonly realisedCum: string;
  readonly feesCum: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  readonly endReason: string | null;
};

/** The account's newest trades first; `open` keeps those that have not ended. */
export async function listTrades(
  db: Database,
  account: string,
  options: { limit: number; open: boolean },
): Promise<TradeSummary[]> {
  const ofAccount = eq(trades.account, account);
  const rows = await db
    .select()
    .from(trades)
    .where(options.open ? and(ofAccount, NOT_ENDED) : ofAccount)
    .orderBy(desc(trades.createdAt), desc(trades.id))
    .limit(options.limit);
  return rows.map(toTradeSummary);
}

/** One trade, null when the account has no such trade. */
export async function findTrade(
  db: Database,
  account: string,
  tradeId: string,
): Promise<TradeSummary | null> {
  const [row] = await db
    .select()
    .from(trades)
    .where(and(eq(trades.account, account), eq(trades.id, tradeId)))
    .limit(1);
  return row === undefined ? null : toTradeSummary(row);
}

export function toTradeSummary(row: Row): TradeSummary {
  return {
    id: row.id,
    instrument: row.instrument,
    direction: row.direction,
    status: row.status,
    origin: row.origin,
    plan: row.plan,
    quantity: formatScaled(row.quantity),
    entryPrice: row.entryPrice === null ? null : formatScaled(row.entryPrice),
    realisedCum: formatScaled(row.realisedCum),
    feesCum: formatScaled(row.feesCum),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    endedAt: row.endedAt,
    endReason: row.endReason,
  };
}
