import type { Database } from '@ballast/db';
import type { Instrument } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { DataCommand } from '../commands/command-handlers.ts';
import { importFile } from '../import/import-work.ts';
import type { HistoryOf } from '../sources/kept-bars.ts';
import { runBackfill } from './backfill-work.ts';
import { findInstrument } from './find-instrument.ts';
import { openJobQueue } from './job-queue.ts';
import { createJobRunner, type JobCounts } from './job-runner.ts';
import { createTender } from './job-tender.ts';
import { settleCancelled } from './settle-job.ts';

const TEND_EVERY_MS = 5_000;
const FIRST_RETRY_MS = 5_000;
const RETRY_MAX_MS = 5 * 60_000;

export type JobsOptions = {
  readonly db: Database;
  readonly redisUrl: string;
  /** What is streamed now: somebody looks for its newest bars. */
  readonly instruments: () => readonly Instrument[];
  readonly historyOf: HistoryOf;
  /** The operator's folder of files to be imported. */
  readonly importDir: string;
  readonly now: () => number;
  readonly log: Logger;
  readonly attemptsMax?: number;
  readonly retryDelayMs?: (failures: number) => number;
  readonly tendEveryMs?: number;
};

/**
 * Carries out the jobs that are stored, and those that are added, until it is stopped. Only one
 * process may: a job that runs by its row and not here counts as left behind.
 */
export function startJobs(options: JobsOptions): {
  counts: JobCounts;
  /** To be told of every command that was carried out. */
  onTaken(command: DataCommand): void;
  /** A row was added: it need not wait for the next look. */
  nudge(): void;
  stop(): Promise<void>;
} {
  const { db, redisUrl, instruments, importDir, now, log } = options;
  const isWatched = ({ id }: Instrument): boolean => instruments().some((one) => one.id === id);
  const { attemptsMax } = options;
  const attempts = attemptsMax === undefined ? {} : { attemptsMax };
  const runner = createJobRunner({
    ...{ db, now, log, ...attempts },
    findInstrument: (id) => findInstrument(db, instruments, id),
    work: {
      backfill: (run) => runBackfill({ db, historyOf: options.historyOf, isWatched }, run),
      import: (run) => importFile({ db, importDir, isWatched }, run),
    },
  });
  const queue = openJobQueue({
    url: redisUrl,
    run: async (id) => {
      try {
        return await runner.run(id);
      } finally {
        tender.nudge();
      }
    },
    retryDelayMs: options.retryDelayMs ?? retryDelay,
    log,
  });
  const tender = createTender({ db, runner, queue, log });
  const { nudge } = tender;

  /** A wait for the next attempt ends when somebody says that it shall go on. */
  async function resume(id: string): Promise<void> {
    try {
      if (!runner.isRunning(id)) await queue.drop(id);
    } catch (error) {
      log.warn({ err: error, job: id }, 'a resumed job waits for its next attempt');
    }
    nudge();
  }

  tender.start(options.tendEveryMs ?? TEND_EVERY_MS);
  return {
    counts: runner.counts,
    nudge,
    onTaken(command) {
      const { type, body } = command;
      if (type === 'startBackfill' || type === 'startImport') nudge();
      // One that runs is halted, and its run makes an end of it.
      const waits = type === 'cancelJob' && !runner.isRunning(body.jobId);
      if (waits) void settleCancelled({ ...options, isWatched }, body.jobId);
      if (type === 'pauseJob' || type === 'cancelJob') runner.halt(body.jobId);
      if (type === 'resumeJob') void resume(body.jobId);
    },
    async stop() {
      tender.stop();
      await runner.stop();
      await queue.stop();
    },
  };
}

/** Doubles from five seconds to five minutes. */
function retryDelay(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1), RETRY_MAX_MS);
}
