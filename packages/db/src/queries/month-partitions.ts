import type { Database } from '../database.ts';

/** Tables that have a partition for each month, and what makes them. */
const MAKERS = {
  bars: 'ensure_bar_partitions',
  microstructure: 'ensure_microstructure_partitions',
} as const;
export type MonthlyTable = keyof typeof MAKERS;

/** Table and month (YYYY-MM, UTC) whose partition this process knows to be there. */
const known = new WeakMap<Database, Set<string>>();

/**
 * Makes the partitions that rows of these times (epoch ms) go to. A month is asked for once.
 * @throws the database's error when the times lie more than ten years apart
 */
export async function ensurePartitions(
  db: Database,
  table: MonthlyTable,
  times: Iterable<number>,
): Promise<void> {
  const months = known.get(db) ?? new Set<string>();
  known.set(db, months);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const fresh = new Set<string>();
  for (const time of times) {
    const month = monthOf(table, time);
    if (months.has(month)) continue;
    fresh.add(month);
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  if (fresh.size === 0) return;
  await db.pool.query(`SELECT ${MAKERS[table]}($1, $2)`, [first, last]);
  for (const month of fresh) months.add(month);
}

/** Asks again for every month from now on: partitions may be gone. */
export function forgetPartitions(db: Database): void {
  known.delete(db);
}

const monthOf = (table: MonthlyTable, time: number): string =>
  `${table} ${new Date(time).toISOString().slice(0, 7)}`;
