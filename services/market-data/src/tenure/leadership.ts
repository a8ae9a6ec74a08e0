import { setTimeout as delay } from 'node:timers/promises';
import { BusError, type Lease, openBus, openLease } from '@ballast/bus';
import { type Database, FEED_LEASE, isFenced, isNewestFeedFence, takeFeedFence } from '@ballast/db';
import type { Logger } from '@ballast/observability';
import { takeTurns } from '../turns.ts';
import type { Tenure } from './tenure.ts';

/**
 * What the tenure before has under way may wait for a venue or a database; who holds the lease and
 * lets nothing out is worse than nobody.
 */
const ENDS_WITHIN_MS = 2_000;
/**
 * A fence may be given out to who then cannot be the active process. The tables take nothing under
 * the one before from then on, and some parts that are refused wait for the end of their tenure.
 */
const FENCE_LOOK_EVERY_MS = 5_000;

export type Leadership = {
  /** The fence of the tenure, null while another process is the active one, or may be. */
  fence(): number | null;
  tenure(): Tenure | null;
  /** Whether the lease was last seen held, by another process or by one of ours not freed yet. */
  isStandby(): boolean;
  /** Whether all parts of the tenure run. */
  hasBegun(): boolean;
  /** Resolves once it is known: a tenure begins here, or another process has the lease. */
  readonly firstPart: Promise<'active' | 'standby'>;
  stop(): Promise<void>;
};

type Parts = {
  readonly redisUrl: string;
  readonly db: Database;
  readonly owner: string;
  readonly now: () => number;
  readonly log: Logger;
  /** Makes the tenure; it lets nothing out yet. */
  readonly make: (fence: number, lease: Lease, lastActiveAt: number) => Tenure;
  readonly begin: (tenure: Tenure) => Promise<void>;
  /** Told as soon as this process is the active one, and when it is so no more. */
  readonly onActive?: (active: boolean) => void;
  /** Told each time that an active process was there at this moment (epoch ms), this or another. */
  readonly onSeen: (activeAt: number) => void;
  readonly fail: (error: Error) => void;
};

/**
 * Contends to be the active process, and begins a tenure each time that it is. A tenure that cannot
 * begin ends the process, unless Redis is away just then: the other one takes over, and the next
 * start looks afresh.
 */
export function contend(parts: Parts): Leadership {
  const { db, owner, now, log, make, onActive, onSeen, redisUrl } = parts;
  let current: Tenure | null = null;
  let lastActiveAt = now();
  let isStandby = false;
  let begun: Tenure | null = null;
  let ending: Promise<void> = Promise.resolve();
  const part = Promise.withResolvers<'active' | 'standby'>();

  async function start(fence: number): Promise<void> {
    const isOver = await inTime(ending);
    if (lease.isOver(fence)) return;
    if (!isOver) {
      log.warn({ code: 'TENURE_STILL_ENDING', fence }, 'the lease is left to another process');
      return lease.resign(fence);
    }
    const tenure = make(fence, lease, lastActiveAt);
    current = tenure;
    part.resolve('active');
    if (await beginsWell(tenure, parts, lease)) begun = tenure;
  }

  const seen = (): void => onSeen((lastActiveAt = now()));

  function end(): void {
    if (current === null) return;
    ending = current.end();
    // One that never came to let anything out leaves what is held to the next.
    if (current.hasOpened) seen();
    current = null;
  }

  // Its own: behind what is published a renewal would come late.
  const bus = openBus(redisUrl, 'market-data-lease', log);
  const lease = openLease(bus, {
    name: FEED_LEASE,
    owner,
    threadUrl: redisUrl,
    nextFence: () => takeFeedFence(db, { owner, now: now() }),
    isNewest: (fence) => isNewestFeedFence(db, fence),
    onGained(fence) {
      isStandby = false;
      onActive?.(true);
      void start(fence);
    },
    onLost() {
      onActive?.(false);
      end();
    },
    onHeldElsewhere(acts) {
      // Who waits for its fence lets nothing out: what we hold may still be needed.
      if (acts) seen();
      isStandby = true;
      part.resolve('standby');
    },
  });
  const looks = lookAtFence({ db, fence: () => current?.fence ?? null, lease, log });
  return {
    fence: () => (current !== null && lease.fence() === current.fence ? current.fence : null),
    hasBegun: () => current !== null && begun === current,
    tenure: () => current,
    isStandby: () => isStandby,
    firstPart: part.promise,
    async stop() {
      end();
      await freeInTime(lease, Promise.all([looks.stop(), ending]));
      await bus.close();
    },
  };
}

/** Gives the lease up under a fence that is not the newest any more. */
function lookAtFence(parts: {
  readonly db: Database;
  readonly fence: () => number | null;
  readonly lease: Lease;
  readonly log: Logger;
}) {
  const { db, lease, log } = parts;
  return takeTurns(async () => {
    const fence = parts.fence();
    try {
      if (fence === null || (await isNewestFeedFence(db, fence))) return;
      log.warn({ code: 'FENCED', fence }, 'a newer fence was given out');
      lease.resign(fence);
    } catch (error) {
      log.warn({ err: error, fence }, 'nobody says whether the fence is the newest');
    }
  }, FENCE_LOOK_EVERY_MS);
}

async function beginsWell(
  tenure: Tenure,
  { begin, fail, log }: Parts,
  lease: Lease,
): Promise<boolean> {
  const { fence } = tenure;
  try {
    await begin(tenure);
    return true;
  } catch (error) {
    // What the end of a tenure breaks off is no fault.
    if (tenure.isOver) log.warn({ err: error, fence }, 'a tenure was over before it had begun');
    else if (isFenced(error)) lease.resign(fence);
    else if (isAway(error)) {
      log.warn({ err: error, fence }, 'a tenure could not begin without Redis');
      lease.resign(fence);
    } else fail(asError(error));
    return false;
  }
}

/**
 * After an outage of Redis the lease's own connection may be back before the others: what is held
 * must not end with the process.
 */
const isAway = (error: unknown): boolean =>
  error instanceof BusError &&
  (error.code === 'BUS_UNAVAILABLE' || error.code === 'BUS_OUTCOME_UNKNOWN');

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

/** Once the tenure has ended, or takes too long to: another need not wait for it. */
async function freeInTime(lease: Lease, ended: Promise<unknown>): Promise<void> {
  await inTime(ended);
  await lease.stop();
  await ended;
}

async function inTime(ending: Promise<unknown>): Promise<boolean> {
  const late = delay(ENDS_WITHIN_MS, false, { ref: false });
  return await Promise.race([ending.then(() => true), late]);
}
