import { formatScaled, parseScaled } from '@ballast/domain';
import { and, desc, eq } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { trades } from '../../tables/order-gateway.ts';
import { NOT_ENDED } from '../not-ended.ts';
import { type FilledSides, filledSides } from './filled-sides.ts';

type Row = typeof trades.$inferSelect;

/** A trade for a list or a header: decimal text, times epoch ms, `plan` as TradePlanWire. */
export type TradeSummary = {
  readonly id: string;
  readonly instrument: string;
  readonly direction: string;
  readonly status: string;
  readonly origin: string;
  readonly plan: unknown;
  /** Of the position as it is: zero and null once it is flat. */
  readonly quantity: string;
  readonly entryPrice: string | null;
  /** Of all fills; they stay when the trade has closed. */
  readonly enteredQuantityCum: string;
  readonly averageEntryPrice: string | null;
  readonly averageExitPrice: string | null;
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
  const sides = await filledSides(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => toTradeSummary(row, sides.get(row.id)));
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
  if (row === undefined) return null;
  return toTradeSummary(row, (await filledSides(db, [row.id])).get(row.id));
}

export function toTradeSummary(row: Row, sides: FilledSides | undefined): TradeSummary {
  const long = row.direction === 'long';
  const entered = sides?.[long ? 'buy' : 'sell'];
  const left = sides?.[long ? 'sell' : 'buy'];
  return {
    id: row.id,
    instrument: row.instrument,
    direction: row.direction,
    status: row.status,
    origin: row.origin,
    plan: row.plan,
    quantity: formatScaled(row.quantity),
    entryPrice: row.entryPrice === null ? null : formatScaled(row.entryPrice),
    enteredQuantityCum: trimmed(entered?.quantityCum ?? '0'),
    averageEntryPrice: entered === undefined ? null : trimmed(entered.averagePrice),
    averageExitPrice: left === undefined ? null : trimmed(left.averagePrice),
    realisedCum: formatScaled(row.realisedCum),
    feesCum: formatScaled(row.feesCum),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    endedAt: row.endedAt,
    endReason: row.endReason,
  };
}

const trimmed = (text: string): string => formatScaled(parseScaled(text));
