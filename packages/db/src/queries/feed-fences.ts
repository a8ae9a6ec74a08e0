import { eq, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { feedFences } from '../tables/feed-fences.ts';

/** Of the lease that says which market-data process publishes and writes. */
export const FEED_LEASE = 'market-data';
/** SQLSTATE of the triggers of migration 0003. */
const FENCED = 'BF001';

/**
 * The next fence: above all before it. Waits for statements that write under an older one; those
 * that begin later are refused by the tables themselves. A connection says its fence as
 * `openDatabase` is told it.
 */
export async function takeFeedFence(
  db: Database,
  { owner, now }: { readonly owner: string; readonly now: number },
): Promise<number> {
  const rows = await db
    .insert(feedFences)
    .values({ name: FEED_LEASE, fence: 1, owner, takenAt: now })
    .onConflictDoUpdate({
      target: feedFences.name,
      set: { fence: sql`${feedFences.fence} + 1`, owner, takenAt: now },
    })
    .returning({ fence: feedFences.fence });
  const fence = rows[0]?.fence;
  if (fence === undefined) throw new Error('no fence was given out');
  return fence;
}

/** Whether none was given out since: until one is, tables take what is written under it. */
export async function isNewestFeedFence(db: Database, fence: number): Promise<boolean> {
  const rows = await db
    .select({ newest: feedFences.fence })
    .from(feedFences)
    .where(eq(feedFences.name, FEED_LEASE));
  return rows[0]?.newest === fence;
}

/** Whether a write was refused since another process holds a higher fence. */
export function isFenced(error: unknown): boolean {
  for (let found: unknown = error; found instanceof Error; found = found.cause) {
    if (Reflect.get(found, 'code') === FENCED) return true;
  }
  return false;
}
