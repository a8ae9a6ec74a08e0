import { type Timeframe, TIMEFRAME_MS, TIMEFRAMES } from '@ballast/domain';
import { and, eq, gt, gte, inArray, isNotNull, isNull, lt, or } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { barGaps } from '../../tables/coverage.ts';
import { dataJobs } from '../../tables/data-jobs.ts';

/** Open times, epoch ms: `from` included, `to` not. */
export type FilledStretch = {
  readonly from: number;
  readonly to: number;
  /** By then all of it was stored, epoch ms; Infinity for a job that has not ended. */
  readonly filledAt: number;
  /** A gap's bars came then; a job's before then, and some of its stretch may be of another. */
  readonly by: 'gap' | 'job';
};

/**
 * Stretches of which bars, of this timeframe or of those that it is made of, are noted as stored
 * after a moment, or as not before it for certain: gaps that were closed after it, and jobs that
 * ended after it or have not ended.
 * @param of `from` and `to` are open times (epoch ms, both included)
 */
export async function filledAfter(
  db: Database,
  of: {
    readonly instrument: string;
    readonly timeframe: Timeframe;
    readonly from: number;
    readonly to: number;
    readonly after: number;
  },
): Promise<FilledStretch[]> {
  const { instrument, timeframe, from, after } = of;
  const narrower = TIMEFRAMES.slice(0, TIMEFRAMES.indexOf(timeframe) + 1);
  const until = of.to + TIMEFRAME_MS[timeframe];
  const gaps = await db
    .select({ from: barGaps.fromTime, last: barGaps.toTime, filledAt: barGaps.endedAt })
    .from(barGaps)
    .where(
      and(
        ...[eq(barGaps.instrument, instrument), inArray(barGaps.timeframe, narrower)],
        ...[lt(barGaps.fromTime, until), gte(barGaps.toTime, from)],
        ...[inArray(barGaps.outcome, ['filled', 'shrunk']), gt(barGaps.endedAt, after)],
      ),
    );
  const jobs = await db
    .select({ from: dataJobs.fromTime, to: dataJobs.doneUntil, filledAt: dataJobs.endedAt })
    .from(dataJobs)
    .where(
      and(
        ...[eq(dataJobs.instrument, instrument), inArray(dataJobs.timeframe, narrower)],
        ...[lt(dataJobs.fromTime, until), gt(dataJobs.doneUntil, from)],
        ...[gt(dataJobs.barsStored, 0), isNotNull(dataJobs.startedAt)],
        or(isNull(dataJobs.endedAt), gt(dataJobs.endedAt, after)),
      ),
    );
  const filled = (at: number | null): number => at ?? Infinity;
  return [
    ...gaps.map(({ from: first, last, filledAt }) => {
      return { from: first, to: last + 1, filledAt: filled(filledAt), by: 'gap' } as const;
    }),
    ...jobs.map((job) => ({ ...job, filledAt: filled(job.filledAt), by: 'job' }) as const),
  ];
}
