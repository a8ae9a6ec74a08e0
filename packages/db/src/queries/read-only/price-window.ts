import { formatScaled, parseScaled } from '@ballast/domain';
import { sql } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { bars, instruments } from '../../tables/market-data.ts';

/** An instrument's first stored minute since a time (epoch ms); `open` is decimal text. */
export type PriceWindow = {
  readonly instrument: string;
  readonly since: number;
  readonly open: string;
};

/**
 * One row for each instrument that has 1-minute bars from `since` on. One look into the index an
 * instrument: a day of 600 of them is near a million rows.
 */
export async function priceWindows(db: Database, since: number): Promise<PriceWindow[]> {
  const found = await db.execute<{ instrument: string; since: string; open: string }>(sql`
    SELECT ${instruments.id} AS instrument, first.open_time AS since, first.open
    FROM ${instruments} CROSS JOIN LATERAL (
      SELECT ${bars.openTime}, ${bars.open} FROM ${bars}
      WHERE ${bars.instrument} = ${instruments.id} AND ${bars.timeframe} = '1m'
        AND ${bars.openTime} >= ${since}
      ORDER BY ${bars.openTime} LIMIT 1) AS first`);
  return found.rows.map((row) => ({
    instrument: row.instrument,
    since: Number(row.since),
    open: formatScaled(parseScaled(row.open)),
  }));
}
