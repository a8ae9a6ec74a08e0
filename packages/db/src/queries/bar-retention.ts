import type { Timeframe } from '@ballast/domain';
import type { Database } from '../database.ts';
import { forgetPartitions } from './month-partitions.ts';

const MONTH = /^(\d{4})-(\d{2})/;

/**
 * Lets go of the bars of one timeframe that opened before the month of `before` (epoch ms, UTC), and
 * wants none of that time any more: it is no gap. Whole months at a time, so that a month with
 * nothing else in it goes with its partition.
 * @returns how many bars are gone
 */
export async function trimBars(
  db: Database,
  { timeframe, before, now }: { timeframe: Timeframe; before: number; now: number },
): Promise<number> {
  const firstKept = monthStart(before);
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    const trimmed = await client.query<{ bars: string }>('SELECT trim_bars($1, $2) AS bars', [
      timeframe,
      before,
    ]);
    await client.query(
      `UPDATE bar_coverage SET from_time = $2, checked_until = greatest(checked_until, $2)
       WHERE timeframe = $1 AND from_time < $2`,
      [timeframe, firstKept],
    );
    await client.query(
      `UPDATE bar_gaps SET ended_at = $3, outcome = 'trimmed'
       WHERE timeframe = $1 AND to_time < $2 AND ended_at IS NULL`,
      [timeframe, firstKept, now],
    );
    await client.query('COMMIT');
    return Number(trimmed.rows[0]?.bars ?? 0);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
    // A month that comes back needs its partition again.
    forgetPartitions(db);
  }
}

/**
 * Lets go of what was published about markets before the month of `before` (epoch ms, UTC).
 * @returns how many months are gone
 */
export async function trimMicrostructure(db: Database, before: number): Promise<number> {
  try {
    const trimmed = await db.pool.query<{ months: string }>(
      'SELECT trim_microstructure($1) AS months',
      [before],
    );
    return Number(trimmed.rows[0]?.months ?? 0);
  } finally {
    forgetPartitions(db);
  }
}

function monthStart(at: number): number {
  const [, year, month] = MONTH.exec(new Date(at).toISOString()) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, 1);
}
