import { desc, eq, and, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { audit, tradeEvents, trades } from '../tables/order-gateway.ts';

/** Rows of one kind that an evidence record keeps. */
const ROWS = 50;

/** The newest rows about an instrument, newest first: what led to where it stands. */
export type LastEvents = {
  readonly events: readonly {
    readonly seq: number;
    readonly tradeId: string;
    readonly type: string;
    readonly at: number;
    readonly data: unknown;
  }[];
  readonly audit: readonly { readonly seq: number; readonly kind: string; readonly at: number }[];
};

export async function lastEvents(
  db: Database,
  account: string,
  instrument: string,
): Promise<LastEvents> {
  const { seq, tradeId, type, at, data } = tradeEvents;
  const [events, rows] = await Promise.all([
    db
      .select({ seq, tradeId, type, at, data })
      .from(tradeEvents)
      .innerJoin(trades, eq(trades.id, tradeId))
      .where(and(eq(trades.account, account), eq(trades.instrument, instrument)))
      .orderBy(desc(seq))
      .limit(ROWS),
    db
      .select({ seq: audit.seq, kind: audit.kind, at: audit.at })
      .from(audit)
      .where(
        and(
          eq(audit.account, account),
          sql`${audit.tradeId} IN (SELECT id FROM ${trades}
            WHERE account = ${account} AND instrument = ${instrument}
            ORDER BY updated_at DESC LIMIT ${ROWS})`,
        ),
      )
      .orderBy(desc(audit.seq))
      .limit(ROWS),
  ]);
  return { events, audit: rows };
}
