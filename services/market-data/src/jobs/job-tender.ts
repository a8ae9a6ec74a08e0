import { type Database, queuedDataJobs } from '@ballast/db';
import type { Logger } from '@ballast/observability';
import type { openJobQueue } from './job-queue.ts';
import type { createJobRunner } from './job-runner.ts';

/** The queue holds the next few; the rows hold all. */
const CARRIED_MAX = 20;

/**
 * Keeps the queue filled from the rows: with new jobs, with those that a dead process left running,
 * and with all that a Redis has lost.
 */
export function createTender(parts: {
  readonly db: Database;
  readonly runner: Pick<ReturnType<typeof createJobRunner>, 'requeue'>;
  readonly queue: Pick<ReturnType<typeof openJobQueue>, 'begin' | 'add'>;
  readonly log: Logger;
}) {
  const { db, runner, queue, log } = parts;
  let timer: NodeJS.Timeout | undefined;
  let begun = false;
  let stopping = false;
  let underWay = false;
  let isWanted = false;

  async function tend(): Promise<void> {
    try {
      if (!begun) await queue.begin();
      begun = true;
      const left = await runner.requeue();
      if (left.queued > 0) log.warn({ jobs: left.queued }, 'jobs that were left behind go on');
      if (left.failed > 0) {
        const code = 'JOB_LEFT_BEHIND';
        log.error({ code, jobs: left.failed }, 'jobs were left behind too often, and have failed');
      }
      for (const job of await queuedDataJobs(db, CARRIED_MAX)) {
        if (stopping) return;
        await queue.add(job);
      }
    } catch (error) {
      if (!stopping) log.warn({ err: error }, 'jobs were not carried on');
    }
  }

  /** Looks at the rows now, or again once the look under way has ended. */
  function nudge(): void {
    isWanted = true;
    if (stopping || underWay) return;
    isWanted = false;
    underWay = true;
    void tend().finally(() => {
      underWay = false;
      if (isWanted) nudge();
    });
  }

  return {
    nudge,
    start(everyMs: number): void {
      nudge();
      timer = setInterval(nudge, everyMs);
    },
    /** Does not wait for a look that waits for Redis. */
    stop(): void {
      stopping = true;
      clearInterval(timer);
    },
  };
}
