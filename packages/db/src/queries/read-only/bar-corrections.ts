import type { Bar } from '@ballast/domain';
import { and, asc, between, eq, getTableColumns } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { barCorrections } from '../../tables/market-data.ts';
import { toBar } from '../market-data.ts';

/** What a bar said in the store until `replacedAt`, epoch ms. */
export type ReplacedBar = { readonly bar: Bar; readonly replacedAt: number };

/**
 * What bars said before they got the numbers that they have now, in the order in which that was
 * replaced. @param of `from` and `to` are open times (epoch ms, both included)
 */
export async function replacedBars(
  db: Database,
  of: Pick<Bar, 'instrument' | 'timeframe'> & { readonly from: number; readonly to: number },
): Promise<ReplacedBar[]> {
  const { id, replacedAt, ...bar } = getTableColumns(barCorrections);
  const rows = await db
    .select({ replacedAt, bar })
    .from(barCorrections)
    .where(
      and(
        eq(barCorrections.instrument, of.instrument),
        eq(barCorrections.timeframe, of.timeframe),
        between(barCorrections.openTime, of.from, of.to),
      ),
    )
    .orderBy(asc(id));
  return rows.map((row) => ({ ...row, bar: toBar(row.bar, of.instrument, of.timeframe) }));
}
