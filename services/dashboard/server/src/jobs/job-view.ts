import type { DataJob } from '@ballast/db';
import { jobPace } from '@ballast/domain';

export type JobView = ReturnType<typeof jobView>;

/** A job as the page shows it; times epoch ms. */
export function jobView(job: DataJob, now: number) {
  const { id, kind, origin, instrument, timeframe, fromTime, toTime, status, input } = job;
  const { barsExpected, barsStored, attempts, error, actor, reason, createdAt, updatedAt } = job;
  return {
    ...{ id, kind, origin, instrument, timeframe, fromTime, toTime, status },
    ...{ barsExpected, barsStored, attempts, error, actor, reason, createdAt, updatedAt },
    /** What was there with other numbers. */
    barsReplaced: input.barsReplaced ?? 0,
    barsKept: input.barsKept ?? 0,
    /** Of an import. */
    file: input.file ?? null,
    ...jobPace({ ...job, doneBefore: input.doneBefore ?? fromTime }, now),
  };
}
