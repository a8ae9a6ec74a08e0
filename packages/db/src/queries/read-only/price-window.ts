import { formatScaled, parseScaled } from '@ballast/domain';
import { and, eq, gte, sql } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { bars } from '../../tables/market-data.ts';

/** An instrument's stored range since a time: first open, extremes; decimal text. */
export type PriceWindow = {
  readonly instrument: string;
  readonly since: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
};

/** One row for each instrument that has 1-minute bars from `since` on. */
export async function priceWindows(db: Database, since: number): Promise<PriceWindow[]> {
  const rows = await db
    .select({
      instrument: bars.instrument,
      since: sql<string>`min(${bars.openTime})`,
      open: sql<string>`(array_agg(${bars.open} ORDER BY ${bars.openTime}))[1]`,
      high: sql<string>`max(${bars.high})`,
      low: sql<string>`min(${bars.low})`,
    })
    .from(bars)
    .where(and(eq(bars.timeframe, '1m'), gte(bars.openTime, since)))
    .groupBy(bars.instrument);
  return rows.map((row) => ({
    instrument: row.instrument,
    since: Number(row.since),
    open: plain(row.open),
    high: plain(row.high),
    low: plain(row.low),
  }));
}

const plain = (text: string): string => formatScaled(parseScaled(text));
