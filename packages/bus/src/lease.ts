import { randomUUID } from 'node:crypto';
import type { Bus } from './connection.ts';
import { Contender, type LeaseEnd, type LeaseStore, type MonotonicClock } from './contender.ts';
import { BusError } from './errors.ts';
import { fenceKey, leaseKey } from './keys.ts';
import { callLease } from './lease-functions.ts';

const TTL_MS = 1_000;
/** Of them in a period, two may fail and the lease goes on. */
const RENEWALS = 4;
/** Of the period, as a margin: our clock and that of Redis do not run equally fast. */
const MARGIN = 0.2;

export type LeaseOptions = {
  /** Of what only one process does at a time; also the name of its fence. */
  name: string;
  /** Who contends, for people; made unique for each process. */
  owner: string;
  ttlMs?: number;
  renewEveryMs?: number;
  /**
   * Given out by Postgres, each higher than all before it. Asked when Redis has given the lease;
   * it is gained once Redis has confirmed it with the fence.
   */
  nextFence: () => Promise<number>;
  onGained(fence: number): void;
  /** Called once for each `onGained`, as soon as it is known. */
  onLost(reason: LeaseEnd): void;
  /** Called each time that another is found to have it. */
  onHeldElsewhere?(): void;
};

export type Lease = {
  /** The fence to act under, null when the lease is not ours; to be asked before each act. */
  fence(): number | null;
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
 * Contends for a lease in Redis until stopped, whatever becomes of Redis. A lease is only as good
 * as the clocks of two machines, and a Redis that lost everything gives it to another at once: so
 * every sink checks its fence too: `createMarketPublisher` in Redis, the tables in Postgres.
 */
export function openLease(bus: Bus, options: LeaseOptions): Lease {
  const { name, nextFence, onGained, onLost } = options;
  const ttlMs = options.ttlMs ?? TTL_MS;
  const owner = `${options.owner}/${randomUUID()}`;
  let said = '';
  return new Contender(leaseStore(bus, { name, owner, ttlMs }), MONOTONIC_CLOCK, {
    ttlMs,
    marginMs: ttlMs * MARGIN,
    renewEveryMs: options.renewEveryMs ?? ttlMs / RENEWALS,
    nextFence,
    onGained(fence) {
      said = '';
      bus.log.info({ lease: name, fence }, 'lease gained');
      onGained(fence);
    },
    onLost(reason) {
      bus.log.warn({ lease: name, reason }, 'lease is over');
      onLost(reason);
    },
    onHeldElsewhere: () => options.onHeldElsewhere?.(),
    onTrouble(doing, error) {
      // The same trouble comes with every attempt; one line per change is enough.
      const text = error instanceof Error ? error.message : String(error);
      if (text === said) return;
      said = text;
      bus.log.warn({ lease: name, doing, err: error }, 'no word about the lease');
    },
  });
}

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
    renew: async (fence) => (await ask('renew', fence, ttlMs)) === 1,
    async release(fence) {
      await ask('release', fence);
    },
  };
}
