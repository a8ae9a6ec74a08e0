import { BrokerError } from './broker-error.ts';

/** `exit`: what lowers risk, cancels and exit orders. Entries and questions are `other`. */
export type Urgency = 'exit' | 'other';

/** Nothing waits longer for its turn: the caller's own patience begins when it asks. */
export const WAITS_MAX_MS: Readonly<Record<Urgency, number>> = { exit: 2_000, other: 1_500 };
/** Of each urgency. */
const WAITING_MAX = 512;

export type RateLimit = {
  /**
   * Requests in any window: a little below the venue's own, since what leaves evenly can arrive in
   * a bunch.
   */
  readonly requests: number;
  readonly windowMs: number;
  /** Of these, what only exits may take. */
  readonly reserved: number;
};

export type RateBudget = {
  /**
   * Resolves when one request may leave, exits first. Look at the connection again afterwards.
   * @throws BrokerError notSent RATE_BUDGET when it would wait longer than WAITS_MAX_MS
   */
  take(urgency: Urgency): Promise<void>;
};

export type RateClock = {
  /** Monotonic, ms. */
  now(): number;
  after(ms: number, act: () => void): void;
};

const REAL: RateClock = {
  now: () => performance.now(),
  after: (ms, act) => void setTimeout(act, ms).unref(),
};

type Waiting = { readonly until: number; leave(): void; refuse(): void };

/**
 * A bucket of tokens, each of which comes back one window after it was taken: a bucket that refills
 * evenly can give out almost twice its size in one window. An exit leaves at once as long as fewer
 * than `reserved` exits left in the window before, whatever else is waiting.
 */
export function createRateBudget(limit: RateLimit, clock: RateClock = REAL): RateBudget {
  const { requests, windowMs } = limit;
  const size = { exit: requests, other: requests - limit.reserved };
  const taken: number[] = [];
  const waiting: Record<Urgency, Waiting[]> = { exit: [], other: [] };
  let wakeAt = Number.POSITIVE_INFINITY;

  const inWindow = (at: number): number => {
    while (taken[0] !== undefined && taken[0] + windowMs <= at) taken.shift();
    return taken.length;
  };
  /** When there is room for one more after `ahead` others; those that go before it are not known. */
  const roomAt = (urgency: Urgency, ahead: number, at: number): number => {
    const over = inWindow(at) + ahead - size[urgency];
    if (over < 0) return at;
    if (taken.length === 0) return Number.POSITIVE_INFINITY;
    const token = taken[over % taken.length] ?? at;
    return token + windowMs * (1 + Math.floor(over / taken.length));
  };
  const next = (): Urgency | null => {
    if (waiting.exit.length > 0) return 'exit';
    return waiting.other.length > 0 ? 'other' : null;
  };

  function serve(): void {
    const at = clock.now();
    for (const queue of [waiting.exit, waiting.other]) {
      while (queue[0] !== undefined && queue[0].until < at) queue.shift()?.refuse();
    }
    for (let urgency = next(); urgency !== null; urgency = next()) {
      if (inWindow(at) >= size[urgency]) return wakeWhen(roomAt(urgency, 0, at), at);
      taken.push(at);
      waiting[urgency].shift()?.leave();
    }
  }
  function wakeWhen(roomFrom: number, at: number): void {
    if (roomFrom >= wakeAt) return;
    wakeAt = roomFrom;
    clock.after(roomFrom - at, () => {
      if (wakeAt === roomFrom) wakeAt = Number.POSITIVE_INFINITY;
      serve();
    });
  }

  return {
    take(urgency) {
      const at = clock.now();
      const ahead = waiting.exit.length + (urgency === 'exit' ? 0 : waiting.other.length);
      const until = at + WAITS_MAX_MS[urgency];
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (waiting[urgency].length >= WAITING_MAX || roomAt(urgency, ahead, at) > until) {
        reject(overBudget());
        return promise;
      }
      waiting[urgency].push({ until, leave: resolve, refuse: () => reject(overBudget()) });
      serve();
      return promise;
    },
  };
}

const OVER_BUDGET = 'RATE_BUDGET';

function overBudget(): BrokerError {
  return new BrokerError('notSent', OVER_BUDGET, 'the venue takes no more requests by now');
}

export function isOverBudget(error: unknown): boolean {
  return error instanceof BrokerError && error.code === OVER_BUDGET;
}
