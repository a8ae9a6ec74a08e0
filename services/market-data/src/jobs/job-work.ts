import type { DataJob } from '@ballast/db';
import type { Instrument } from '@ballast/domain';

/** What a run has done since it last said so. */
export type Progress = {
  readonly doneUntil: number;
  readonly barsStored: number;
  /** Of them, those that stand in the place of another. */
  readonly barsReplaced: number;
  /** Those that were not stored: the one that was there is to be believed rather. */
  readonly barsKept: number;
};

/** A run of one job, as the work sees it. */
export type Run = {
  readonly job: DataJob;
  readonly instrument: Instrument;
  /** Aborted when the job was paused or cancelled, or the service stops. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /**
   * Writes down how far it is; bars are those of this page alone.
   * @throws JobStopped when the row says that it shall not go on
   */
  progress(done: Progress): Promise<void>;
};

/** The job is not to go on: paused, cancelled, or left for the next process. */
export class JobStopped extends Error {
  readonly why: 'asked' | 'stopping';

  constructor(why: 'asked' | 'stopping') {
    super(why === 'asked' ? 'paused or cancelled' : 'the service stops');
    this.name = 'JobStopped';
    this.why = why;
  }
}

/** Paused or cancelled: the process goes on, and has the time to make an end of it. */
export function isAsked(error: unknown): boolean {
  return error instanceof JobStopped && error.why === 'asked';
}

/** What `work` gives, unless the signal is aborted first: then its end is nobody's business. */
export async function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(reasonOf(signal));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
    work.catch(() => undefined);
    promise.catch(() => undefined);
  }
}

function reasonOf(signal: AbortSignal): JobStopped {
  const reason: unknown = signal.reason;
  return reason instanceof JobStopped ? reason : new JobStopped('stopping');
}
