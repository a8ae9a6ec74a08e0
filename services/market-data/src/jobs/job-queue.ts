import { JOBS_PREFIX } from '@ballast/bus';
import type { DataJob } from '@ballast/db';
import type { Logger } from '@ballast/observability';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { ATTEMPTS_MAX, type Outcome } from './job-runner.ts';

const NAME = 'market-data';
const JOBS_AT_ONCE = 2;
/** Lower is sooner: what the operator asked for does not wait for what the schedule found. */
const PRIORITY = { manual: 1, reconnect: 2, schedule: 3 } as const;
const RECONNECT_DELAY_MAX_MS = 2_000;

/** Tells the queue to bring the job again, and after how many failures in a row. */
class BringAgain extends Error {
  readonly failures: number;

  constructor(failures: number) {
    super(`failed ${failures} times in a row`);
    this.failures = failures;
  }
}

type QueueOptions = {
  readonly url: string;
  readonly run: (id: string) => Promise<Outcome>;
  /** Before attempt number `failures + 1`. */
  readonly retryDelayMs: (failures: number) => number;
  readonly log: Logger;
};

/**
 * Carries jobs to their runs, by id alone: the row is the job. What Redis loses comes again from
 * the rows, and what it brings twice is begun once.
 */
export function openJobQueue(options: QueueOptions) {
  const { log } = options;
  // Nothing waits for a Redis that is away: the rows do.
  const asking = connectTo(options.url, { enableOfflineQueue: false });
  const carrying = connectTo(options.url, {});
  const queue = openQueue(asking);
  const worker = openWorker(options, carrying);
  let lastSaid = '';
  const onError = ({ message }: Error): void => {
    // The same error comes with every attempt to connect; one line a change is enough.
    if (message !== lastSaid) log.warn({ reason: message }, 'job queue');
    lastSaid = message;
  };
  for (const redis of [asking, carrying]) redis.on('error', onError);
  queue.on('error', onError);
  worker.on('error', onError);
  let began: Promise<void> | undefined;

  return {
    /** Forgets what a process before this one has left, and begins to carry. */
    async begin(): Promise<void> {
      await queue.obliterate({ force: true });
      began ??= worker.run();
      began.catch((error: unknown) => log.error({ err: error }, 'job queue has ended'));
    },
    /** One that is carried already stays where it is. */
    async add({ id, origin }: Pick<DataJob, 'id' | 'origin'>): Promise<void> {
      await queue.add('data-job', null, {
        jobId: id,
        priority: PRIORITY[origin],
        attempts: ATTEMPTS_MAX,
        backoff: { type: 'custom' },
        removeOnComplete: true,
        removeOnFail: true,
      });
    },
    /** It does not wait for its next attempt any longer. One that runs stays. */
    async drop(id: string): Promise<void> {
      await queue.remove(id);
    },
    /** Does not wait for what runs: the runner has stopped it. */
    async stop(): Promise<void> {
      await worker.close(true);
      await queue.close();
      for (const redis of [asking, carrying]) redis.disconnect();
    },
  };
}

function connectTo(url: string, options: { readonly enableOfflineQueue?: boolean }): Redis {
  return new Redis(url, {
    // INFO and CLIENT SETINFO are rights that no service is given.
    enableReadyCheck: false,
    disableClientInfo: true,
    // As the queue wants it: what waits for an answer waits for the next connection.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 100, RECONNECT_DELAY_MAX_MS),
    ...options,
  });
}

function openQueue(connection: Redis): Queue {
  const shared = { connection, prefix: JOBS_PREFIX, skipVersionCheck: true };
  return new Queue(NAME, { ...shared, skipMetasUpdate: true });
}

function openWorker({ run, retryDelayMs }: QueueOptions, connection: Redis): Worker {
  const carry = async ({ id }: { readonly id?: string | undefined }): Promise<void> => {
    if (id === undefined) throw new Error('a job of the queue has no id');
    const outcome = await run(id);
    if (outcome !== 'over') throw new BringAgain(outcome.again);
  };
  return new Worker(NAME, carry, {
    prefix: JOBS_PREFIX,
    skipVersionCheck: true,
    connection,
    concurrency: JOBS_AT_ONCE,
    autorun: false,
    settings: {
      backoffStrategy: (made, _type, error) =>
        retryDelayMs(error instanceof BringAgain ? error.failures : made),
    },
  });
}
