import { FeedError } from './faults.ts';

/** The venue's rate limit, shared by all that ask it. */
export type RateBudget = {
  /**
   * Resolves when a request of this cost may leave, in the order of asking.
   * @throws FeedError RATE_BUDGET_FULL when too many wait, RATE_COST_TOO_HIGH for what never fits
   */
  take(cost: number): Promise<void>;
};

export type BudgetClock = {
  /** Monotonic, ms. */
  now(): number;
  after(ms: number, act: () => void): void;
};

const REAL: BudgetClock = {
  now: () => performance.now(),
  after: (ms, act) => void setTimeout(act, ms),
};

const WAITING_MAX = 10_000;

type Waiting = { readonly cost: number; leave(): void };

/**
 * At most `tokens` in any `windowMs`: each token comes back one window after it was taken, since
 * one that refills evenly can give out almost twice its size in a window.
 */
export function createTokenBucket(
  { tokens, windowMs }: { readonly tokens: number; readonly windowMs: number },
  clock: BudgetClock = REAL,
): RateBudget {
  const taken: { readonly at: number; readonly cost: number }[] = [];
  const waiting: Waiting[] = [];
  let inWindow = 0;
  let isAwaited = false;

  function serve(): void {
    const now = clock.now();
    while (taken[0] !== undefined && taken[0].at + windowMs <= now) {
      inWindow -= taken.shift()?.cost ?? 0;
    }
    while (waiting[0] !== undefined && inWindow + waiting[0].cost <= tokens) {
      const next = waiting.shift();
      if (next === undefined) return;
      taken.push({ at: now, cost: next.cost });
      inWindow += next.cost;
      next.leave();
    }
    const [oldest] = taken;
    if (waiting.length === 0 || oldest === undefined || isAwaited) return;
    isAwaited = true;
    // Timers may fire early by a fraction of a millisecond.
    clock.after(Math.ceil(oldest.at + windowMs - now) + 1, () => {
      isAwaited = false;
      serve();
    });
  }

  return {
    take(cost) {
      if (cost > tokens) {
        const message = `a request of cost ${cost} never fits ${tokens} in ${windowMs} ms`;
        return Promise.reject(new FeedError('RATE_COST_TOO_HIGH', message));
      }
      if (waiting.length >= WAITING_MAX) {
        const message = `${WAITING_MAX} requests are waiting already`;
        return Promise.reject(new FeedError('RATE_BUDGET_FULL', message));
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ cost, leave: resolve });
      serve();
      return promise;
    },
  };
}
