import type { JobView } from '@ballast/dashboard-server/api';
import { DATA_JOB_MOVES } from '@ballast/domain';
import { count } from '../format/number.ts';
import { formatAge } from '../format/time.ts';
import type { TagTone } from '../parts/Tag.tsx';

export type JobMove = 'pause' | 'resume' | 'cancel';

/** What the operator may do with a job as it stands. */
export function movesOf(status: JobView['status']): JobMove[] {
  const moves = {
    pause: DATA_JOB_MOVES.pauseJob,
    resume: DATA_JOB_MOVES.resumeJob,
    cancel: DATA_JOB_MOVES.cancelJob,
  };
  const names: readonly JobMove[] = ['pause', 'resume', 'cancel'];
  return names.filter((name) => moves[name].from.some((from) => from === status));
}

export const STATUS_TONES: Record<JobView['status'], TagTone> = {
  queued: 'info',
  running: 'info',
  paused: 'warn',
  failed: 'bad',
  done: 'good',
  cancelled: 'neutral',
};

/** "500 of 1,000 bars", what was there before, and how many attempts have failed in a row. */
export function barsText(job: JobView): string {
  const { barsStored, barsExpected, barsReplaced, barsKept, attempts } = job;
  const parts = [
    `${count(barsStored)} of ${barsExpected === 0 ? '?' : count(barsExpected)} bars`,
    ...(barsReplaced === 0 ? [] : [`replaced ${count(barsReplaced)}`]),
    ...(barsKept === 0 ? [] : [`kept ${count(barsKept)} better ones`]),
    ...(attempts === 0 ? [] : [`${count(attempts)} failed in a row`]),
  ];
  return parts.join(', ');
}

/** "120 bars/s, 3 m 05 s left" while it runs; empty when there is no pace. */
export function paceText({ barsPerSecond, leftMs }: JobView): string {
  if (barsPerSecond === null || leftMs === null) return '';
  return `${count(barsPerSecond)} bars/s, ${formatAge(leftMs)} left`;
}

const ORIGINS: Record<JobView['origin'], string> = {
  manual: 'asked for',
  reconnect: 'after a reconnect',
  schedule: 'found missing',
};

/** Who wants it and why. */
export function reasonText({ origin, actor, reason }: JobView): string {
  return `${ORIGINS[origin]} by ${actor}: ${reason}`;
}
