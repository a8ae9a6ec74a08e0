import type { Bar } from '@ballast/domain';
import type { Database } from '../database.ts';

/** Months (YYYY-MM, UTC) whose partition this process knows to be there. */
const known = new WeakMap<Database, Set<string>>();

/**
 * Makes the partitions that these bars go to. A month is asked for once a process.
 * @throws the database's error when the bars lie more than ten years apart
 */
export async function ensureBarPartitions(
  db: Database,
  bars: readonly Pick<Bar, 'openTime'>[],
): Promise<void> {
  const months = known.get(db) ?? new Set<string>();
  known.set(db, months);
  const fresh = bars.filter(({ openTime }) => !months.has(monthOf(openTime)));
  if (fresh.length === 0) return;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { openTime } of fresh) {
    first = Math.min(first, openTime);
    last = Math.max(last, openTime);
  }
  await db.pool.query('SELECT ensure_bar_partitions($1, $2)', [first, last]);
  for (const { openTime } of fresh) months.add(monthOf(openTime));
}

const monthOf = (openTime: number): string => new Date(openTime).toISOString().slice(0, 7);
