import { Worker } from 'node:worker_threads';
import type { Logger } from '@ballast/observability';

/** What both sides see: how often the event loop has come round, and the fence to renew, or 0. */
export const SHARED = { beats: 0, fence: 1, length: 2 } as const;
const BEATS_IN_A_PERIOD = 10;

export type ThreadData = {
  readonly url: string;
  readonly name: string;
  readonly owner: string;
  readonly ttlMs: number;
  readonly renewEveryMs: number;
  readonly shared: BigInt64Array;
};

export type LeaseThread = {
  /** From now on; 0: nothing. */
  renew(fence: number): void;
  stop(): Promise<void>;
};

/**
 * Renews beside the holder, in a thread of its own, as long as the holder's event loop came round
 * within the last period. A process that is at work for a second is not gone: without this, on a
 * busy machine, it loses its lease to another that is then as busy. One that is killed or paused
 * renews nothing; one that hangs, for one period more. The thread gives nothing out and takes
 * nothing back: it renews what is there, which the holder may do at the same time.
 */
export function startLeaseThread(data: Omit<ThreadData, 'shared'>, log: Logger): LeaseThread {
  const bytes = SHARED.length * BigInt64Array.BYTES_PER_ELEMENT;
  const shared = new BigInt64Array(new SharedArrayBuffer(bytes));
  const worker = new Worker(new URL('./lease-thread-main.ts', import.meta.url), {
    workerData: { ...data, shared } satisfies ThreadData,
  });
  // The holder renews all the same.
  worker.on('error', (error) => log.error({ err: error }, 'the thread of the lease has ended'));
  worker.unref();
  const beating = setInterval(
    () => Atomics.add(shared, SHARED.beats, 1n),
    data.ttlMs / BEATS_IN_A_PERIOD,
  );
  return {
    renew(fence) {
      Atomics.store(shared, SHARED.fence, BigInt(fence));
    },
    async stop() {
      clearInterval(beating);
      Atomics.store(shared, SHARED.fence, 0n);
      await worker.terminate();
    },
  };
}
