import type { GapRange } from '@ballast/domain';
import type { Database } from '../database.ts';
import { barGaps } from '../tables/coverage.ts';

type Named = { readonly instrument: string; readonly timeframe: string };
type NewGap = typeof barGaps.$inferInsert;

/** One statement takes no more than 65,535 values. */
const ROWS_PER_STATEMENT = 2_000;

/** Within the transaction of whoever says why. */
export async function addGaps(
  tx: Pick<Database, 'insert'>,
  rows: readonly NewGap[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    await tx.insert(barGaps).values(rows.slice(at, at + ROWS_PER_STATEMENT));
  }
}

/** A gap that is open. */
export function newGap(
  { instrument, timeframe }: Named,
  { from, to, bars: count }: GapRange,
  now: number,
): NewGap {
  return { instrument, timeframe, fromTime: from, toTime: to, bars: count, foundAt: now };
}

/** A run that nobody has asked for; it has ended as soon as it is there. */
export const unwantedRun = (...of: Parameters<typeof newGap>): NewGap => ({
  ...newGap(...of),
  endedAt: of[2],
  outcome: 'unwanted',
});
