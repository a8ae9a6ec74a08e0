import { and, asc, eq, gte, isNull } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { incidents, pages } from '../tables/order-gateway.ts';

const ROWS_MAX = 20;

/** A page that nobody has taken yet, with the incident that it is about. */
export type UnsentPage = {
  readonly id: string;
  readonly attempts: number;
  readonly incidentId: string;
  readonly kind: string;
  /** Null: it is about the whole account. */
  readonly instrument: string | null;
  readonly tradeId: string | null;
  readonly detail: string;
  readonly openedAt: number;
  readonly resolvedAt: number | null;
};

/** The oldest first, of incidents opened at or after `from` (epoch ms). */
export async function unsentPages(
  db: Database,
  account: string,
  from: number,
): Promise<UnsentPage[]> {
  const { kind, instrument, tradeId, detail, openedAt, resolvedAt } = incidents;
  const { id, attempts, incidentId } = pages;
  return db
    .select({ id, attempts, incidentId, kind, instrument, tradeId, detail, openedAt, resolvedAt })
    .from(pages)
    .innerJoin(incidents, eq(incidents.id, incidentId))
    .where(and(eq(pages.account, account), isNull(pages.sentAt), gte(pages.at, from)))
    .orderBy(asc(pages.at))
    .limit(ROWS_MAX);
}
