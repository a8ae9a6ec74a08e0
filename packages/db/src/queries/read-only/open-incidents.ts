import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { incidents } from '../../tables/order-gateway.ts';

const ROWS_MAX = 200;

export type IncidentRow = typeof incidents.$inferSelect;

/** Incidents nobody and nothing has resolved yet, newest first. */
export async function openIncidents(db: Database, account: string): Promise<IncidentRow[]> {
  return db
    .select()
    .from(incidents)
    .where(and(eq(incidents.account, account), isNull(incidents.resolvedAt)))
    .orderBy(desc(incidents.openedAt))
    .limit(ROWS_MAX);
}
