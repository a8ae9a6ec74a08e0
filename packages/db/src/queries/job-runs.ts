import { and, eq, inArray, notInArray, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { dataJobs } from '../tables/data-jobs.ts';

/**
 * A job whose process has ended so many times in a row, with no page in between, is not begun again
 * by itself: it may be what ends it.
 */
export const LEFT_BEHIND_MAX = 3;
const LEFT_BEHIND =
  `JOB_LEFT_BEHIND: the process that carried it has ended ${LEFT_BEHIND_MAX} times in a row, ` +
  'and no page was stored in between';

/** Sums of all runs; `doneUntil` epoch ms. */
export type JobPage = {
  readonly doneUntil: number;
  readonly barsStored: number;
  readonly barsReplaced: number;
  readonly barsKept: number;
};

/** False when the job does not run (any more), and then nothing is changed. */
export async function recordJobPage(
  db: Pick<Database, 'update'>,
  id: string,
  { doneUntil, barsStored, barsReplaced, barsKept }: JobPage,
  at: number,
): Promise<boolean> {
  const told = JSON.stringify({ barsReplaced, barsKept });
  const rows = await db
    .update(dataJobs)
    .set({
      ...{ doneUntil, barsStored, attempts: 0, error: null, updatedAt: at },
      input: sql`(${dataJobs.input} - 'leftBehind') || ${told}::jsonb`,
    })
    .where(and(eq(dataJobs.id, id), eq(dataJobs.status, 'running')))
    .returning({ id: dataJobs.id });
  return rows.length > 0;
}

const timesLeft = sql`coalesce((${dataJobs.input} ->> 'leftBehind')::int, 0) + 1`;

/**
 * Jobs that run by their row and have no run: they are queued again, or, left behind once too
 * often, fail.
 * @param known `running`: those that have one; `letGo`: their run has ended here and could not say
 * so, which counts as nothing
 */
export async function requeueAbandoned(
  db: Pick<Database, 'update'>,
  known: { readonly running: readonly string[]; readonly letGo: readonly string[] },
  at: number,
): Promise<{ readonly queued: number; readonly failed: number }> {
  const { running, letGo } = known;
  const isLeft = and(
    eq(dataJobs.status, 'running'),
    running.length === 0 ? undefined : notInArray(dataJobs.id, [...running]),
  );
  if (letGo.length > 0) {
    await db
      .update(dataJobs)
      .set({ status: 'queued', updatedAt: at })
      .where(and(isLeft, inArray(dataJobs.id, [...letGo])));
  }
  const isLast = sql`${timesLeft} >= ${LEFT_BEHIND_MAX}`;
  const rows = await db
    .update(dataJobs)
    .set({
      status: sql`CASE WHEN ${isLast} THEN 'failed' ELSE 'queued' END`,
      error: sql`CASE WHEN ${isLast} THEN ${LEFT_BEHIND} ELSE ${dataJobs.error} END`,
      endedAt: sql`CASE WHEN ${isLast} THEN ${at}::bigint ELSE ${dataJobs.endedAt} END`,
      // Resumed by hand it may be left as often again.
      input: sql`CASE WHEN ${isLast} THEN ${dataJobs.input} - 'leftBehind'
        ELSE ${dataJobs.input} || jsonb_build_object('leftBehind', ${timesLeft}) END`,
      updatedAt: at,
    })
    .where(isLeft)
    .returning({ status: dataJobs.status });
  const failed = rows.filter(({ status }) => status === 'failed').length;
  return { queued: rows.length - failed, failed };
}
