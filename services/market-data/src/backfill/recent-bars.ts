import type { Bar, Instrument } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { AWAITED_MAX, MINUTE_MS } from '../hub/bar-builder.ts';
import type { Pipeline } from '../hub/pipeline.ts';
import type { HistoryOf } from './gap-filler.ts';

const EVERY_MS = 5_000;
/** The venue's own bar comes over the socket within moments; only what is older is asked for. */
const PATIENCE_MS = 5_000;
const REQUESTS_AT_ONCE = 4;

/** Closed one-minute bars of an instrument from `from` (epoch ms) until now, oldest first. */
export type FetchRecent = (instrument: Instrument, from: number) => Promise<Bar[]>;

/** From whoever keeps bars of the instrument; none where nobody does. */
export function recentFrom(historyOf: HistoryOf, now: () => number): FetchRecent {
  return async (instrument, from) => {
    const kept = historyOf(instrument.id);
    if (kept === null) return [];
    const bars: Bar[] = [];
    for await (const page of kept.history.bars(kept.route, '1m', from, now())) bars.push(...page);
    return bars;
  };
}

/**
 * Bars of each instrument since `from`. One that cannot be had is told of and comes as a gap that is
 * filled later.
 */
export async function fetchRecent(
  instruments: readonly Instrument[],
  from: number,
  { fetch, log }: { readonly fetch: FetchRecent; readonly log: Logger },
): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (let index = 0; index < instruments.length; index += REQUESTS_AT_ONCE) {
    const some = instruments.slice(index, index + REQUESTS_AT_ONCE);
    const fetched = await Promise.allSettled(some.map((one) => fetch(one, from)));
    for (const [at, result] of fetched.entries()) {
      if (result.status === 'fulfilled') bars.push(...result.value);
      else log.warn({ err: result.reason, instrument: some[at]?.id }, 'history was not fetched');
    }
  }
  return bars;
}

/** Asks for the bars of minutes that were not seen in full and whose bar did not come by itself. */
export function startAwaitedMinutes(options: {
  pipeline: Pipeline;
  fetch: FetchRecent;
  now: () => number;
  log: Logger;
}): { stop(): Promise<void> } {
  const { pipeline, fetch, now, log } = options;
  let underWay: Promise<void> | undefined;

  async function ask(): Promise<void> {
    for (const { instrument, openTime } of pipeline.awaited()) {
      const ageMs = now() - openTime - MINUTE_MS;
      if (ageMs < PATIENCE_MS) continue;
      const from = Math.max(openTime, now() - (AWAITED_MAX + 1) * MINUTE_MS);
      try {
        for (const bar of await fetch(instrument, from)) {
          pipeline.venueBar({ ...bar, state: 'closed' });
        }
      } catch (error) {
        log.warn({ err: error, instrument: instrument.id }, 'bars of a gap were not fetched');
      }
    }
  }

  const timer = setInterval(() => {
    underWay ??= ask().finally(() => {
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
