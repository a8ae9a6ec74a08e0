import type { Timeframe } from '@ballast/domain';
import type { Database } from '../database.ts';
import { forgetPartitions } from './month-partitions.ts';

const MONTH = /^(\d{4})-(\d{2})/;

/** Bars let go in one statement: what takes a second or two, however many there are. */
const TRIMMED_AT_ONCE = 250_000;

/**
 * Lets go of the bars of one timeframe that opened before the month of `before` (epoch ms, UTC), and
 * wants none of that time any more: it is no gap. That is said first, since the bars go in parts,
 * whole months at a time, so that a month with nothing else in it goes with its partition.
 * @param isOver asked after each part: what is left is let go the next time
 * @returns how many bars are gone
 */
export async function trimBars(
  db: Database,
  of: { timeframe: Timeframe; before: number; now: number; atOnce?: number },
  isOver: () => boolean = () => false,
): Promise<number> {
  const { timeframe, before, atOnce = TRIMMED_AT_ONCE } = of;
  await wantNoMore(db, of);
  let gone = 0;
  try {
    for (;;) {
      const { rows } = await db.pool.query<{ bars: string }>(
        'SELECT trim_bars($1, $2, $3) AS bars',
        [timeframe, before, atOnce],
      );
      const part = Number(rows[0]?.bars ?? 0);
      gone += part;
      if (part < atOnce || isOver()) return gone;
    }
  } finally {
    // A month that comes back needs its partition again.
    forgetPartitions(db);
  }
}

async function wantNoMore(
  db: Database,
  { timeframe, before, now }: { timeframe: Timeframe; before: number; now: number },
): Promise<void> {
  const firstKept = monthStart(before);
  await db.pool.query(
    `UPDATE bar_coverage SET from_time = $2, checked_until = greatest(checked_until, $2)
     WHERE timeframe = $1 AND from_time < $2`,
    [timeframe, firstKept],
  );
  await db.pool.query(
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
