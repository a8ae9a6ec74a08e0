import { desc, eq } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { venueOddities } from '../../tables/order-gateway.ts';

const ROWS_MAX = 100;

export type VenueOddity = typeof venueOddities.$inferSelect;

/** What the account's venue sent and nobody could read, the newest first. */
export async function listVenueOddities(db: Database, account: string): Promise<VenueOddity[]> {
  return db
    .select()
    .from(venueOddities)
    .where(eq(venueOddities.account, account))
    .orderBy(desc(venueOddities.at))
    .limit(ROWS_MAX);
}
