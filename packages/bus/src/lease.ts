import { randomUUID } from 'node:crypto';
import type { Bus } from './connection.ts';
import type { LeaseEnd, LeaseStore, MonotonicClock, Renewal } from './contender-ports.ts';
import { Contender } from './contender.ts';
import { BusError } from './errors.ts';
import { fenceKey, leaseKey } from './keys.ts';
import { callLease, RENEWED } from './lease-functions.ts';
import { startLeaseThread } from './lease-thread.ts';

const TTL_MS = 1_000;
/** In a period: the more of them, the longer a process may stand still before it is over. */
const RENEWALS = 10;
/** Of the period, as a margin: our clock and that of Redis do not run equally fast. */
const MARGIN = 0.2;

export type LeaseOptions = {
  /** Of what only one process does at a time; also the name of its fence. */
  name: string;
  /** Who contends, for people; made unique for each process. */
  owner: string;
  ttlMs?: number;
  renewEveryMs?: number;
  /** Of Redis: a thread renews too, so that a busy event loop does not lose the lease. */
  threadUrl?: string;
  /**
   * Given out by Postgres, each higher than all before it. Asked when Redis has given the lease;
   * it is gained once Redis has confirmed it with the fence.
   */
  nextFence: () => Promise<number>;
  /** Asked of Postgres when the lease had ended and nobody had it: whether none was given since. */
  isNewest: (fence: number) => Promise<boolean>;
  onGained(fence: number): void;
  /** Called once for each `onGained`, as soon as it is known. */
  onLost(reason: LeaseEnd): void;
  /**
   * Called each time that it cannot be acquired since it is held; `acts`: by another process, under
   * a fence. Otherwise nobody lets anything out: its holder has no fence yet, or it is a lease of
   * ours that we could not free.
   */
  onHeldElsewhere?(acts: boolean): void;
};

export type Lease = {
  /** The fence to act under where nothing checks it; null when by our clock it may not be ours. */
  fence(): number | null;
  /**
   * Whether the tenure of this fence has ended. One that has not may have lapsed: what it writes is
   * then for the sinks to judge, and it goes on when nobody else has had the lease.
   */
  isOver(fence: number): boolean;
  /** A sink refused this fence: gives the lease up, unless it is gone, and contends again. */
  resign(fence: number): void;
  /** Gives it up, frees it at once if Redis can be reached, and contends no more. */
  stop(): Promise<void>;
};

const MONOTONIC_CLOCK: MonotonicClock = {
  now: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Contends for a lease in Redis until stopped, whatever becomes of Redis. The bus is best its own:
 * behind great writes a renewal comes late. A lease is only as good
 * as the clocks of two machines, and a Redis that lost everything gives it to another at once: so
 * every sink checks its fence too: `createMarketPublisher` in Redis, the tables in Postgres.
 */
export function openLease(bus: Bus, options: LeaseOptions): Lease {
  const { name, nextFence, isNewest, onGained, onLost } = options;
  const ttlMs = options.ttlMs ?? TTL_MS;
  const owner = `${options.owner}/${randomUUID()}`;
  let said = '';
  const of = { lease: name };
  const renewEveryMs = options.renewEveryMs ?? ttlMs / RENEWALS;
  const threadUrl = options.threadUrl ?? null;
  const thread =
    threadUrl === null
      ? null
      : startLeaseThread({ url: threadUrl, name, owner, ttlMs, renewEveryMs }, bus.log);
  const contender = new Contender(leaseStore(bus, { name, owner, ttlMs }), MONOTONIC_CLOCK, {
    ttlMs,
    marginMs: ttlMs * MARGIN,
    renewEveryMs,
    nextFence,
    isNewest,
    onGained(fence) {
      said = '';
      bus.log.info({ ...of, fence }, 'lease gained');
      thread?.renew(fence);
      onGained(fence);
    },
    onLapsed: (fence) => bus.log.info({ ...of, fence }, 'lease has lapsed'),
    onResumed(fence, lapsedMs) {
      said = '';
      bus.log.info({ ...of, fence, lapsedMs: Math.round(lapsedMs) }, 'lease goes on');
    },
    onLost(reason) {
      thread?.renew(0);
      bus.log.warn({ ...of, reason }, 'lease is over');
      onLost(reason);
    },
    onHeldElsewhere: (acts) => options.onHeldElsewhere?.(acts),
    onTrouble(doing, error) {
      // The same trouble comes with every attempt; one line per change is enough.
      const text = error instanceof Error ? error.message : String(error);
      if (text === said) return;
      said = text;
      bus.log.warn({ ...of, doing, err: error }, 'no word about the lease');
    },
  });
  return {
    fence: () => contender.fence(),
    isOver: (fence) => contender.isOver(fence),
    resign: (fence) => contender.resign(fence),
    async stop() {
      await contender.stop();
      await thread?.stop();
    },
  };
}

const RENEWALS_BY_ANSWER = new Map<number, Renewal>([
  [RENEWED.taken, 'taken'],
  [RENEWED.held, 'held'],
  [RENEWED.free, 'free'],
  [RENEWED.asked, 'asked'],
]);

function leaseStore(
  bus: Bus,
  { name, owner, ttlMs }: { name: string; owner: string; ttlMs: number },
): LeaseStore {
  const keys = [leaseKey(name), fenceKey(name)];
  const ask = async (...[called, ...args]: [Parameters<typeof callLease>[1], ...number[]]) => {
    const answer = await callLease(bus, called, keys, [owner, ...args]);
    if (typeof answer === 'number') return answer;
    throw new BusError('BUS_REPLY_MALFORMED', `${called} ${name} gave no number`);
  };
  return {
    acquire: () => ask('acquire', ttlMs),
    confirm: async (fence) => (await ask('confirm', fence, ttlMs)) === 1,
    async renew(fence) {
      const answer = await ask('renew', fence, ttlMs);
      const renewal = RENEWALS_BY_ANSWER.get(answer);
      if (renewal !== undefined) return renewal;
      throw new BusError('BUS_REPLY_MALFORMED', `renew ${name} gave ${answer}`);
    },
    regain: async (fence) => (await ask('regain', fence, ttlMs)) === 1,
    async release(fence) {
      await ask('release', fence);
    },
  };
}
