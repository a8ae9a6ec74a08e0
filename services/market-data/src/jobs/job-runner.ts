import { setTimeout as delay } from 'node:timers/promises';
import {
  changeDataJob,
  claimDataJob,
  type Database,
  type DataJob,
  isFenced,
  recordJobPage,
  requeueAbandoned,
} from '@ballast/db';
import { type Instrument, InvalidInput } from '@ballast/domain';
import { FeedError, isPassing } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import { JobStopped, type Run } from './job-work.ts';

/** Failures in a row, without a page in between, after which a job is given up. */
export const ATTEMPTS_MAX = 10;
const ERROR_LENGTH_MAX = 500;
const STOP_WITHIN_MS = 3_000;

export type JobCounts = { jobsDone: number; jobsFailed: number; failedAttempts: number };
/** `again`: it is queued and failed so many times in a row. */
export type Outcome = 'over' | { readonly again: number };
type Judge = {
  readonly db: Database;
  readonly attemptsMax: number;
  readonly now: () => number;
  readonly log: Logger;
};

/**
 * Runs jobs by their rows. Only a queued row begins, and a row that is paused or cancelled is
 * never written to again by its run: what the operator said last holds.
 */
export function createJobRunner(options: {
  readonly db: Database;
  readonly work: Readonly<Record<DataJob['kind'], (run: Run) => Promise<void>>>;
  readonly findInstrument: (id: DataJob['instrument']) => Promise<Instrument | null>;
  readonly attemptsMax?: number;
  readonly now: () => number;
  readonly log: Logger;
}) {
  const { db, work, findInstrument, attemptsMax = ATTEMPTS_MAX, now, log } = options;
  const counts: JobCounts = { jobsDone: 0, jobsFailed: 0, failedAttempts: 0 };
  const running = new Map<string, { stop: AbortController; ended: Promise<Outcome> }>();
  let stopping = false;
  const left = createLeftBehind({ db, now, running: () => [...running.keys()] });

  async function runOnce(id: string, { signal }: AbortController): Promise<Outcome> {
    await left.settled();
    const job = await claimDataJob(db, id, now());
    if (job === null) return 'over';
    const { kind } = job;
    log.info({ job: id, kind, instrument: job.instrument }, 'job runs');
    try {
      const instrument = await findInstrument(job.instrument);
      if (instrument === null) throw new InvalidInput('INSTRUMENT_UNKNOWN', job.instrument);
      await work[kind]({ job, instrument, signal, now, progress: progressOf(db, job, now) });
      const at = now();
      const end = { status: 'done', error: null, attempts: 0, updatedAt: at, endedAt: at } as const;
      const ended = await changeDataJob(db, id, ['running'], end);
      if (ended !== null) counts.jobsDone += 1;
      log.info({ job: id, bars: ended?.barsStored }, 'job is done');
      return 'over';
    } catch (error) {
      return await judge({ db, attemptsMax, now, log }, job, error, counts);
    }
  }

  return {
    counts,
    /** @throws the database's error; the row is queued again by `requeue` then */
    async run(id: string): Promise<Outcome> {
      for (let other = running.get(id); other !== undefined; other = running.get(id)) {
        await other.ended.catch(() => undefined);
      }
      if (stopping) return 'over';
      const stop = new AbortController();
      const ended = runOnce(id, stop).finally(() => running.delete(id));
      running.set(id, { stop, ended });
      ended.catch(() => left.letGo(id));
      return await ended;
    },
    /** The row says already that it is not to go on. */
    halt(id: string): void {
      running.get(id)?.stop.abort(new JobStopped('asked'));
    },
    isRunning: (id: string): boolean => running.has(id),
    /** Rows that run and have no process: after a crash, or a database that was away. */
    async requeue(): Promise<Requeued> {
      const found = await left.requeue();
      counts.jobsFailed += found.failed;
      return found;
    },
    /** What runs is left where it is, within three seconds. */
    async stop(): Promise<void> {
      stopping = true;
      const all = [...running.values()];
      for (const { stop } of all) stop.abort(new JobStopped('stopping'));
      const late = delay(STOP_WITHIN_MS, undefined, { ref: false });
      await Promise.race([late, Promise.allSettled(all.map(({ ended }) => ended))]);
    },
  };
}

type Requeued = { readonly queued: number; readonly failed: number };

/** Rows that run and have no run here. */
function createLeftBehind(parts: {
  readonly db: Database;
  readonly running: () => readonly string[];
  readonly now: () => number;
}) {
  /** Their run has ended, and the database could not be told. */
  const letGo = new Set<string>();
  /** No row is claimed while it is found out which have no run. */
  let underWay: Promise<unknown> = Promise.resolve();

  async function requeueNow(): Promise<Requeued> {
    const known = { running: parts.running(), letGo: [...letGo] };
    const found = await requeueAbandoned(parts.db, known, parts.now());
    for (const id of known.letGo) letGo.delete(id);
    return found;
  }

  return {
    settled: () => underWay,
    letGo: (id: string) => void letGo.add(id),
    requeue(): Promise<Requeued> {
      const found = requeueNow();
      underWay = found.catch(() => undefined);
      return found;
    },
  };
}

/** Writes each page down; a row that does not run any more stops the run. */
function progressOf(db: Database, job: DataJob, now: () => number): Run['progress'] {
  let { barsStored } = job;
  let { barsReplaced = 0, barsKept = 0 } = job.input;
  return async (page) => {
    barsStored += page.barsStored;
    barsReplaced += page.barsReplaced;
    barsKept += page.barsKept;
    const { doneUntil } = page;
    const sums = { doneUntil, barsStored, barsReplaced, barsKept };
    if (!(await recordJobPage(db, job.id, sums, now()))) throw new JobStopped('asked');
  };
}

/** What becomes of a row whose run has ended before its time. */
async function judge(
  { db, attemptsMax, now, log }: Judge,
  { id }: DataJob,
  error: unknown,
  counts: JobCounts,
): Promise<Outcome> {
  const at = now();
  if (error instanceof JobStopped) {
    const left = { status: 'queued', updatedAt: at } as const;
    if (error.why === 'stopping') await changeDataJob(db, id, ['running'], left);
    return 'over';
  }
  if (isFenced(error)) return 'over';
  counts.failedAttempts += 1;
  // The row tells how often in a row: a page in between has begun anew.
  const known = await changeDataJob(db, id, ['running'], { updatedAt: at });
  if (known === null) return 'over';
  const attempts = known.attempts + 1;
  const isLast = attempts >= attemptsMax || !mayPass(error);
  const status = isLast ? 'failed' : 'queued';
  const change = { status, attempts, error: textOf(error), updatedAt: at } as const;
  await changeDataJob(db, id, ['running'], isLast ? { ...change, endedAt: at } : change);
  log.warn({ err: error, job: id, status, attempts }, 'job was not done');
  if (isLast) counts.jobsFailed += 1;
  return isLast ? 'over' : { again: attempts };
}

/** What is not a word of the venue or about the input is the weather: the store, the network. */
function mayPass(error: unknown): boolean {
  if (error instanceof InvalidInput) return false;
  return error instanceof FeedError ? isPassing(error) : true;
}

/**
 * What a job was not done for, as the database can keep it and a terminal can show it: a file's
 * rows are quoted, and with a NUL in them the row could never be told that its job has failed.
 */
function textOf(error: unknown): string {
  const reason = reasonOf(error);
  const code: unknown = reason instanceof Error ? Reflect.get(reason, 'code') : undefined;
  const message = reason instanceof Error ? reason.message : String(reason);
  const text = typeof code === 'string' ? `${code}: ${message}` : message;
  const plain = text.replaceAll(/\s+/g, ' ').replaceAll(/\p{Cc}/gu, '\ufffd');
  return plain.slice(0, ERROR_LENGTH_MAX);
}

/** A statement that failed is told by the database's word: its own text is SQL alone. */
function reasonOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('query' in error)) return error;
  return error.cause ?? error;
}
