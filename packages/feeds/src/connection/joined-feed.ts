import type { FaultCounts, FeedFault } from '../faults.ts';
import type { Feed, FeedCounts, FeedHandlers, FeedState } from '../feed.ts';

/** Best first: several connections are as good as their worst. */
const STATES: readonly FeedState[] = ['live', 'connecting', 'stale', 'down'];

/**
 * Handlers for each of `count` connections that are one feed: its state is that of the worst, its
 * events are those of all.
 */
export function joinHandlers(count: number, handlers: FeedHandlers): FeedHandlers[] {
  if (count === 1) return [handlers];
  const states: (FeedState | null)[] = Array.from({ length: count }, () => null);
  let told: FeedState | null = null;
  return states.map((_, index) => ({
    onEvents: (events) => handlers.onEvents(events),
    onFault: (fault) => handlers.onFault?.(fault),
    onState(state, reason) {
      states[index] = state;
      const worst = STATES.findLast((one) => states.includes(one)) ?? state;
      if (worst === told) return;
      told = worst;
      handlers.onState(worst, `${reason} (connection ${index + 1} of ${count})`);
    },
  }));
}

/** Sums over all connections. */
export function joinCounts(feeds: readonly Feed[]): FeedCounts {
  const faults: FaultCounts = {};
  const sums = { frames: 0, events: 0, connects: 0, faults };
  for (const { counts } of feeds) {
    sums.frames += counts.frames;
    sums.events += counts.events;
    sums.connects += counts.connects;
    for (const [code, count] of Object.entries(counts.faults) as [FeedFault, number][]) {
      faults[code] = (faults[code] ?? 0) + count;
    }
  }
  return sums;
}
