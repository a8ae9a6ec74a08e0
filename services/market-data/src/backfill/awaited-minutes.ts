import type { Bar, Instrument } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { AWAITED_MAX, MINUTE_MS } from '../bar-builder.ts';
import type { Pipeline } from '../pipeline.ts';

const HISTORY_BARS = 240;
const EVERY_MS = 5_000;
/** The venue's own bar comes over the socket within moments; only what is older is asked for. */
const PATIENCE_MS = 5_000;
const REQUESTS_AT_ONCE = 4;

type FetchBars = (instrument: Instrument, limit: number) => Promise<Bar[]>;

/**
 * The last four hours of each instrument, from the venue. @throws FeedError when one cannot be had
 */
export async function fetchHistory(
  instruments: readonly Instrument[],
  fetchBars: FetchBars,
): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (let index = 0; index < instruments.length; index += REQUESTS_AT_ONCE) {
    const some = instruments.slice(index, index + REQUESTS_AT_ONCE);
    const fetched = await Promise.all(some.map((one) => fetchBars(one, HISTORY_BARS)));
    bars.push(...fetched.flat());
  }
  return bars;
}

/**
 * Asks the venue for the bars of minutes that were not seen in full and whose bar did
 * not come by itself.
 */
export function startBackfill(options: {
  instruments: readonly Instrument[];
  pipeline: Pipeline;
  fetchBars: FetchBars;
  now: () => number;
  log: Logger;
}): { stop(): Promise<void> } {
  const { instruments, pipeline, fetchBars, now, log } = options;
  let underWay: Promise<void> | undefined;

  async function fillGaps(): Promise<void> {
    for (const { instrument, openTime } of pipeline.awaited()) {
      const ageMs = now() - openTime - MINUTE_MS;
      const known = instruments.find(({ id }) => id === instrument);
      if (known === undefined || ageMs < PATIENCE_MS) continue;
      const limit = Math.min(Math.ceil(ageMs / MINUTE_MS) + 2, AWAITED_MAX + 1);
      try {
        for (const bar of await fetchBars(known, limit)) pipeline.venueBar(bar);
      } catch (error) {
        log.warn({ err: error, instrument }, 'bars of a gap were not fetched');
      }
    }
  }

  const timer = setInterval(() => {
    underWay ??= fillGaps().finally(() => {
      underWay = undefined;
    });
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
