import { formatScaled, type InstrumentId } from '@ballast/domain';
import { and, eq, ne } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { trades } from '../tables/order-gateway.ts';
import { NOT_ENDED } from './not-ended.ts';

/** The origin of a row of `trades` that has no plan: what Ballast did not do. */
export const UNATTRIBUTED = 'unattributed';

/** Condition of a trade that Ballast made: every other row has no plan and no orders. */
export const OF_A_PLAN = ne(trades.origin, UNATTRIBUTED);

/** Why nothing new is let into an instrument in which the operator carries something. */
export function carriedDetail(quantity: bigint, explanation: string | null): string {
  return `carried by the operator: ${formatScaled(quantity)} (${explanation ?? 'no reason'})`;
}

/** What the operator carries in an instrument, in words; null when nothing. */
export async function carriedIn(
  db: Database,
  account: string,
  instrument: InstrumentId,
): Promise<string | null> {
  const rows = await db
    .select({ quantity: trades.quantity, reason: trades.endReason })
    .from(trades)
    .where(
      and(
        eq(trades.account, account),
        eq(trades.instrument, instrument),
        eq(trades.origin, UNATTRIBUTED),
        eq(trades.status, 'carried'),
        NOT_ENDED,
      ),
    )
    .limit(1);
  const row = rows[0];
  return row === undefined ? null : carriedDetail(row.quantity, row.reason);
}
