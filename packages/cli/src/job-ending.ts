import { type DataJob, findDataJob } from '@ballast/db';
import { jobPace } from '@ballast/domain';
import { until } from './ask.ts';
import { Failure } from './failure.ts';
import type { Platform } from './platform.ts';
import { countText, type Report, timeText } from './report.ts';

/** A job of two years of minutes takes about a quarter of an hour; more than a day is no wait. */
const WAIT_MS = 24 * 3_600_000;
const ENDS: readonly string[] = ['done', 'failed', 'cancelled', 'paused'];

/**
 * What became of a job that was asked for: at once, or when it has ended. Ok when it is stored, or,
 * waited for, done.
 * @throws Failure JOB_UNKNOWN
 */
export async function reportJob(
  { db }: Pick<Platform, 'db'>,
  jobId: string,
  isWaitedFor: boolean,
): Promise<Report> {
  const job = isWaitedFor
    ? await until(Date.now() + WAIT_MS, async () => {
        const seen = await findDataJob(db, jobId);
        return seen !== null && ENDS.includes(seen.status) ? seen : null;
      })
    : await findDataJob(db, jobId);
  if (job === null) throw new Failure('JOB_UNKNOWN', `no job ${jobId}`);
  const ok = !isWaitedFor || job.status === 'done';
  const data = { job: shownJob(job, Date.now()) };
  const lines = [jobLine(job, Date.now())];
  if (ok) return { ok, data, lines };
  const message = `job ${jobId} is ${job.status}: ${job.error ?? 'no reason is known'}`;
  return { ok, data: { ...data, error: { code: 'JOB_NOT_DONE', message } }, lines };
}

/** A job as it is told; times epoch ms. */
export function shownJob(job: DataJob, now: number) {
  return { ...job, ...paceOf(job, now) };
}

/** It has stopped before its end: what it has stored so far stays. */
const STOPPED: readonly string[] = ['failed', 'paused', 'cancelled'];

export function jobLine(job: DataJob, now: number): string {
  const { percent, barsPerSecond, leftMs } = paceOf(job, now);
  const pace = barsPerSecond === null ? '' : `, ${countText(barsPerSecond)} bars/s`;
  const left = leftMs === null ? '' : `, ${Math.ceil(leftMs / 1_000)} s left`;
  const { id, kind, instrument, timeframe, status, barsStored, barsExpected, error } = job;
  const { barsReplaced = 0, barsKept = 0 } = job.input;
  const replaced = barsReplaced === 0 ? '' : `, replaced ${countText(barsReplaced)}`;
  const kept = barsKept === 0 ? '' : `, kept ${countText(barsKept)} better bars`;
  const bars = `${countText(barsStored)} of ${countText(barsExpected)} bars${replaced}${kept}`;
  const isPart = STOPPED.includes(status) && job.doneUntil > job.fromTime;
  const place = isPart ? `, up to ${timeText(job.doneUntil)}` : '';
  const why = error === null ? '' : ` (${error})`;
  const what = `${id} ${kind} ${instrument} ${timeframe}`;
  return `${what}: ${status} ${percent} %, ${bars}${place}${pace}${left}${why}`;
}

function paceOf(job: DataJob, now: number) {
  return jobPace({ ...job, doneBefore: job.input.doneBefore ?? job.fromTime }, now);
}
