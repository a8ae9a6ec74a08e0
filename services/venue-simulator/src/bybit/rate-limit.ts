/** Requests in a second for each group; above the venue's own, so that tests are not slowed. */
export const LIMIT_PER_SECOND = { order: 200, query: 250 } as const;
export type LimitGroup = keyof typeof LIMIT_PER_SECOND;

export type RateLimit = {
  /** Counts a request; `left` is negative when it is one too many. */
  take(group: LimitGroup, now: number): { limit: number; left: number; resetAt: number };
};

/** Counts by whole seconds. */
export function createRateLimit(): RateLimit {
  const used = { order: { second: 0, count: 0 }, query: { second: 0, count: 0 } };
  return {
    take(group, now) {
      const second = Math.floor(now / 1_000);
      const slot = used[group];
      if (slot.second !== second) Object.assign(slot, { second, count: 0 });
      slot.count += 1;
      const limit = LIMIT_PER_SECOND[group];
      return { limit, left: limit - slot.count, resetAt: (second + 1) * 1_000 };
    },
  };
}
