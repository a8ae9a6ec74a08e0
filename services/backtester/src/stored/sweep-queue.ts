import { SWEEPS_PREFIX } from '@ballast/bus';
import type { Logger } from '@ballast/observability';
import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { z } from 'zod';

const NAME = 'combinations';
const RECONNECT_DELAY_MAX_MS = 2_000;
/** One that is gone is noticed in this time; a thread computes, so that its process renews. */
const LOCK_MS = 10_000;
const LOOK_FOR_STALLED_MS = 5_000;
/** So often its process may die with it before a combination is given up. */
const DEATHS_MAX = 4;
/** A database that is away is waited for: nothing is lost by trying again. */
const ATTEMPTS = 10_000;
const RETRY_MS = 1_000;
const FAILED_AT_ONCE = 50;

const combination = z.object({ sweepId: z.string(), index: z.number() });
export type Combination = z.output<typeof combination>;

/** Carries combinations to whoever takes them, on any host, by number alone: the rows are kept. */
export function openSweepQueue(url: string, log: Logger) {
  const connection = connectTo(url, log, { enableOfflineQueue: false });
  const queue = new Queue(NAME, {
    ...{ connection, prefix: SWEEPS_PREFIX, skipVersionCheck: true, skipMetasUpdate: true },
  });
  queue.on('error', () => undefined);
  return {
    /** One that is carried already stays where it is. */
    async add(sweepId: string, indexes: readonly number[]): Promise<void> {
      for (const index of indexes) {
        await queue.add('combination', { sweepId, index } satisfies Combination, {
          jobId: `${sweepId}-${index}`,
          attempts: ATTEMPTS,
          backoff: { type: 'fixed', delay: RETRY_MS },
          removeOnComplete: true,
          removeOnFail: false,
        });
      }
    },
    /** Forgets all that was carried, also what somebody has in hand: the rows say what is left. */
    begin: (): Promise<void> => queue.obliterate({ force: true }),
    /** How many wait for somebody. */
    waiting: (): Promise<number> => queue.getWaitingCount(),
    /** Those that were given up, which the queue forgets with this. */
    async takeFailed(): Promise<(Combination & { readonly reason: string })[]> {
      const failed = await queue.getFailed(0, FAILED_AT_ONCE - 1);
      const told = failed.map(({ data, failedReason }) => {
        return { ...combination.parse(data), reason: failedReason };
      });
      for (const job of failed) await job.remove();
      return told;
    },
    /** What waits is forgotten. */
    drain: (): Promise<void> => queue.drain(true),
    async close(): Promise<void> {
      await queue.close();
      connection.disconnect();
    },
  };
}

export type SweepQueue = ReturnType<typeof openSweepQueue>;

/** That a combination is not to be brought again. */
export const givenUp = (code: string, message: string): Error =>
  new UnrecoverableError(`${code}: ${message}`);

/** Takes one combination after the other until it is stopped. */
export function takeCombinations(
  url: string,
  { tryOne, log }: { readonly tryOne: (one: Combination) => Promise<void>; readonly log: Logger },
): { stop(): Promise<void> } {
  const connection = connectTo(url, log, {});
  const carry = async ({ data }: Job): Promise<void> => tryOne(combination.parse(data));
  const worker = new Worker(NAME, carry, {
    ...{ connection, prefix: SWEEPS_PREFIX, skipVersionCheck: true, concurrency: 1 },
    lockDuration: LOCK_MS,
    stalledInterval: LOOK_FOR_STALLED_MS,
    maxStalledCount: DEATHS_MAX,
  });
  worker.on('error', ({ message }) => log.warn({ reason: message }, 'queue of combinations'));
  return {
    /** Does not wait for the one at hand: another process gets it. */
    async stop() {
      await worker.close(true);
      connection.disconnect();
    },
  };
}

function connectTo(
  url: string,
  log: Logger,
  options: { readonly enableOfflineQueue?: boolean },
): Redis {
  const redis = new Redis(url, {
    // INFO and CLIENT SETINFO are rights that no service is given.
    enableReadyCheck: false,
    disableClientInfo: true,
    // As the queue wants it: what waits for an answer waits for the next connection.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 100, RECONNECT_DELAY_MAX_MS),
    ...options,
  });
  let lastSaid = '';
  redis.on('error', ({ message }: Error) => {
    // The same error comes with every attempt to connect; one line a change is enough.
    if (message !== lastSaid) log.warn({ reason: message }, 'queue of combinations');
    lastSaid = message;
  });
  return redis;
}
