import { sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { feedFences } from '../tables/feed-fences.ts';

/**
 * A writer that stops in the middle of its transaction holds the fence's row: after this long
 * without a word Postgres ends its session, so that the next holder does not wait for it.
 */
const SILENT_WRITER_MS = 500;

/** What `transaction` of a database gives: the check is worth nothing outside of one. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/** The transaction was begun by who no longer holds the lease: nothing of it is stored. */
export class FencedError extends Error {
  readonly code = 'FENCED';

  constructor(name: string, fence: number, highest: number | null) {
    super(`fence ${fence} of ${name} is not the highest: ${highest ?? 'none was given out'}`);
    this.name = 'FencedError';
  }
}

/**
 * The next fence of a lease: above all before it. Waits for transactions that hold an older one;
 * those that begin later find themselves fenced.
 */
export async function takeFeedFence(
  db: Database,
  { name, owner, now }: { readonly name: string; readonly owner: string; readonly now: number },
): Promise<number> {
  const rows = await db
    .insert(feedFences)
    .values({ name, fence: 1, owner, takenAt: now })
    .onConflictDoUpdate({
      target: feedFences.name,
      set: { fence: sql`${feedFences.fence} + 1`, owner, takenAt: now },
    })
    .returning({ fence: feedFences.fence });
  const fence = rows[0]?.fence;
  if (fence === undefined) throw new Error(`no fence was given out for ${name}`);
  return fence;
}

/**
 * To be asked first in a transaction that writes what the lease is for. Until the transaction ends
 * nobody gets a higher fence.
 * @throws FencedError when the fence is not the highest that was given out
 */
export async function requireFeedFence(
  tx: Transaction,
  name: string,
  fence: number,
): Promise<void> {
  const found = await tx.execute<{ fence: string }>(sql`
    SELECT ${feedFences.fence},
      set_config('idle_in_transaction_session_timeout', ${String(SILENT_WRITER_MS)}, true)
    FROM ${feedFences} WHERE ${feedFences.name} = ${name} FOR SHARE`);
  const row = found.rows[0];
  const highest = row === undefined ? null : Number(row.fence);
  if (highest !== fence) throw new FencedError(name, fence, highest);
}
