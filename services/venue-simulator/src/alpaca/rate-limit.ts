const WINDOW_MS = 60_000;

export type RateLimit = {
  /** Counts a request; `left` is negative when it is one too many. `resetAt`: epoch ms. */
  take(now: number): { readonly limit: number; readonly left: number; readonly resetAt: number };
};

/** Counts by whole minutes. */
export function createRateLimit(limit: number): RateLimit {
  let window = 0;
  let count = 0;
  return {
    take(now) {
      const current = Math.floor(now / WINDOW_MS);
      if (current !== window) [window, count] = [current, 0];
      count += 1;
      return { limit, left: limit - count, resetAt: (current + 1) * WINDOW_MS };
    },
  };
}
