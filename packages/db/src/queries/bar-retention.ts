import type { Timeframe } from '@ballast/domain';
import type { Database, PoolClient } from '../database.ts';
import { forgetPartitions } from './month-partitions.ts';

const MONTH = /^(\d{4})-(\d{2})/;

/** Bars let go in one statement, which takes some seconds of the fifteen that one may. */
const TRIMMED_AT_ONCE = 250_000;

/**
 * Lets go of the bars of one timeframe that opened before the month of `before` (epoch ms, UTC),
 * and wants none of that time any more: it is no gap. In parts, whole months at a time, so that a
 * month with nothing else in it goes with its partition.
 * @param isOver asked before each part: what is left is let go the next time
 * @returns how many bars are gone
 */
export async function trimBars(
  db: Database,
  of: Trim & { readonly atOnce?: number },
  isOver: () => boolean | Promise<boolean> = () => false,
): Promise<number> {
  const { atOnce = TRIMMED_AT_ONCE } = of;
  let gone = 0;
  while (!(await isOver())) {
    const part = await trimPart(db, { ...of, atOnce });
    gone += part;
    if (part < atOnce) break;
  }
  return gone;
}

type Trim = { readonly timeframe: Timeframe; readonly before: number; readonly now: number };

async function trimPart(
  db: Database,
  { timeframe, before, now, atOnce }: Trim & { readonly atOnce: number },
): Promise<number> {
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ bars: string }>('SELECT trim_bars($1, $2, $3) AS bars', [
      timeframe,
      before,
      atOnce,
    ]);
    await wantNoMore(client, { timeframe, before, now });
    await client.query('COMMIT');
    return Number(rows[0]?.bars ?? 0);
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
 * With each part, and after its bars: a job that has brought some of that time meanwhile has
 * counted what goes here as stored.
 */
async function wantNoMore(client: PoolClient, { timeframe, before, now }: Trim): Promise<void> {
  const firstKept = monthStart(before);
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
