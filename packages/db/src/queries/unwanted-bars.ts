import type { GapRange } from '@ballast/domain';
import { and, desc, eq, gte, lte } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { barCoverage, barGaps } from '../tables/coverage.ts';
import type { BarRange, CoverageRow, GapRow } from './bar-coverage.ts';
import { addGaps, newGap, unwantedRun } from './gap-rows.ts';

/**
 * Moves one end of what counts as looked at without a look: what it passes over is unwanted.
 * @returns false where the end is another than it was by now, and then nothing is changed
 */
export async function passOver(
  db: Database,
  { instrument, timeframe }: Pick<CoverageRow, 'instrument' | 'timeframe'>,
  pass: {
    readonly end: 'fromTime' | 'checkedUntil';
    readonly was: number;
    readonly becomes: number;
    readonly unwanted: readonly GapRange[];
    readonly now: number;
  },
): Promise<boolean> {
  const { end, was, becomes, unwanted, now } = pass;
  return db.transaction(async (tx) => {
    const moved = await tx
      .update(barCoverage)
      .set({ [end]: becomes })
      .where(
        and(
          eq(barCoverage.instrument, instrument),
          eq(barCoverage.timeframe, timeframe),
          eq(barCoverage[end], was),
        ),
      )
      .returning({ instrument: barCoverage.instrument });
    if (moved.length === 0) return false;
    await addGaps(
      tx,
      unwanted.map((run) => unwantedRun({ instrument, timeframe }, run, now)),
    );
    return true;
  });
}

/** The newest run that has bars in a range and that nobody has asked for; null without any. */
export async function newestUnwanted(
  db: Database,
  { instrument, timeframe, from, to }: BarRange,
): Promise<GapRow | null> {
  const rows = await db
    .select()
    .from(barGaps)
    .where(
      and(
        eq(barGaps.instrument, instrument),
        eq(barGaps.timeframe, timeframe),
        eq(barGaps.outcome, 'unwanted'),
        lte(barGaps.fromTime, to),
        gte(barGaps.toTime, from),
      ),
    )
    .orderBy(desc(barGaps.fromTime))
    .limit(1);
  return rows[0] ?? null;
}

/**
 * Some of a run that nobody had asked for is wanted from now on: what is missing of it, and what is
 * left of the run. Nothing where the run has been changed meanwhile.
 */
export async function wantPart(
  db: Database,
  run: Pick<GapRow, 'id' | 'instrument' | 'timeframe'>,
  part: {
    readonly gaps: readonly GapRange[];
    readonly rest: readonly GapRange[];
    readonly now: number;
  },
): Promise<void> {
  const { gaps, rest, now } = part;
  await db.transaction(async (tx) => {
    const ended = await tx
      .update(barGaps)
      .set({ outcome: 'shrunk' })
      .where(and(eq(barGaps.id, run.id), eq(barGaps.outcome, 'unwanted')))
      .returning({ id: barGaps.id });
    if (ended.length === 0) return;
    await addGaps(tx, [
      ...gaps.map((gap) => newGap(run, gap, now)),
      ...rest.map((one) => unwantedRun(run, one, now)),
    ]);
  });
}
