import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, type Lease, openLease } from '@ballast/bus';
import { type Database, FEED_LEASE, takeFeedFence } from '@ballast/db';
import type { Logger } from '@ballast/observability';
import type { Tenure } from './tenure.ts';

/**
 * What the tenure before has under way may wait for a venue or a database; who holds the lease and
 * lets nothing out is worse than nobody.
 */
const ENDS_WITHIN_MS = 2_000;

export type Leadership = {
  /** The fence of the tenure that has begun, null while another process is the active one. */
  fence(): number | null;
  tenure(): Tenure | null;
  /** Whether another process was the last to be seen with the lease. */
  isStandby(): boolean;
  /** Resolves once it is known: a tenure has begun here, or another process has the lease. */
  readonly firstPart: Promise<'active' | 'standby'>;
  stop(): Promise<void>;
};

type Parts = {
  readonly bus: Bus;
  readonly db: Database;
  readonly owner: string;
  readonly now: () => number;
  readonly log: Logger;
  /** Makes the tenure; it lets nothing out yet. */
  readonly make: (fence: number, lease: Lease, lastActiveAt: number) => Tenure;
  readonly begin: (tenure: Tenure) => Promise<void>;
  readonly fail: (error: Error) => void;
};

/**
 * Contends to be the active process, and begins a tenure each time that it is. A tenure that cannot
 * begin ends the process: the other one takes over, and the next start looks afresh.
 */
export function contend(parts: Parts): Leadership {
  const { bus, db, owner, now, log, make, begin, fail } = parts;
  let current: Tenure | null = null;
  let lastActiveAt = now();
  let isStandby = false;
  let ending: Promise<void> = Promise.resolve();
  const part = Promise.withResolvers<'active' | 'standby'>();

  async function start(fence: number): Promise<void> {
    const isOver = await endsInTime(ending);
    if (lease.fence() !== fence) return;
    if (!isOver) {
      log.warn({ code: 'TENURE_STILL_ENDING', fence }, 'the lease is left to another process');
      return lease.resign(fence);
    }
    const tenure = make(fence, lease, lastActiveAt);
    current = tenure;
    try {
      await begin(tenure);
      part.resolve('active');
    } catch (error) {
      // What the end of a tenure breaks off is no fault.
      if (tenure.isOver) log.warn({ err: error, fence }, 'a tenure was over before it had begun');
      else fail(asError(error));
    }
  }

  function end(): void {
    if (current === null) return;
    ending = current.end();
    current = null;
    lastActiveAt = now();
  }

  const lease = openLease(bus, {
    name: FEED_LEASE,
    owner,
    nextFence: () => takeFeedFence(db, { owner, now: now() }),
    onGained(fence) {
      isStandby = false;
      void start(fence);
    },
    onLost: end,
    onHeldElsewhere() {
      lastActiveAt = now();
      isStandby = true;
      part.resolve('standby');
    },
  });
  return {
    fence: () => current?.fence ?? null,
    tenure: () => current,
    isStandby: () => isStandby,
    firstPart: part.promise,
    async stop() {
      end();
      await ending;
      await lease.stop();
    },
  };
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

async function endsInTime(ending: Promise<void>): Promise<boolean> {
  const late = delay(ENDS_WITHIN_MS, false, { ref: false });
  return await Promise.race([ending.then(() => true), late]);
}
