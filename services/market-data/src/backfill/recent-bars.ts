import { setTimeout as delay } from 'node:timers/promises';
import type { Bar, Instrument, InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { AWAITED_MAX, MINUTE_MS } from '../hub/bar-builder.ts';
import type { Pipeline } from '../hub/pipeline.ts';
import type { HistoryOf } from '../sources/kept-bars.ts';

const EVERY_MS = 5_000;
/** The venue's own bar comes over the socket within moments; only what is older is asked for. */
const PATIENCE_MS = 5_000;
/** What the venue did not have this long after its end is not asked for again: nobody traded. */
const ASKED_FOR_MS = 20_000;
const REQUESTS_AT_ONCE = 4;
/** A question under way may wait for the venue's rate budget; a stop does not. */
const STOP_WITHIN_MS = 1_000;

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
 * A venue ends a minute a moment after the clock. What it says of one that has only just ended may
 * lack its last trades, and would stand for good where its bar does not come over the socket.
 */
const isSettled = (openTime: number, askedAt: number): boolean =>
  openTime + MINUTE_MS + PATIENCE_MS <= askedAt;

const withoutHolding = (ms: number): Promise<unknown> => delay(ms, undefined, { ref: false });

/**
 * Bars of each instrument since `from`. What cannot be had is told of; what of it is wanted comes as
 * a gap that is filled later. Nobody is asked in the first moments of a minute: the one before may
 * lie before the first that is streamed, so that nobody would miss it, and a venue may refuse to be
 * asked the same again.
 */
export async function fetchRecent(
  instruments: readonly Instrument[],
  from: number,
  {
    fetch,
    now,
    log,
    wait = withoutHolding,
  }: {
    readonly fetch: FetchRecent;
    readonly now: () => number;
    readonly log: Logger;
    readonly wait?: (ms: number) => Promise<unknown>;
  },
): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (let index = 0; index < instruments.length; index += REQUESTS_AT_ONCE) {
    const some = instruments.slice(index, index + REQUESTS_AT_ONCE);
    // A timer may fire a moment early.
    for (let into = 0; (into = now() % MINUTE_MS) < PATIENCE_MS;) await wait(PATIENCE_MS - into);
    const at = now();
    const fetched = await Promise.allSettled(some.map((one) => fetch(one, from)));
    for (const [which, result] of fetched.entries()) {
      if (result.status === 'rejected') {
        log.warn({ err: result.reason, instrument: some[which]?.id }, 'history was not fetched');
        continue;
      }
      // What had not ended by then is streamed.
      bars.push(...result.value.filter(({ openTime }) => isSettled(openTime, at)));
    }
  }
  return bars;
}

/**
 * Asks for the bars of minutes that were not seen in full, or were and cannot be held against the
 * venue's own, where that did not come by itself. A quiet minute has none: it is asked for twice,
 * since the venue's rate budget is everybody's.
 */
export function startAwaitedMinutes(options: {
  pipeline: Pick<Pipeline, 'awaited' | 'venueBar'>;
  fetch: FetchRecent;
  now: () => number;
  log: Logger;
  everyMs?: number;
}): { stop(): Promise<void> } {
  const { pipeline, fetch, now, log } = options;
  /** When the venue answered last, and up to which minute it was asked for the last time. */
  const asked = new Map<InstrumentId, { readonly at: number; readonly until: number }>();
  let underWay: Promise<void> | undefined;
  let stopping = false;

  function due(id: InstrumentId, openTimes: readonly number[]): number | null {
    const at = now();
    const last = asked.get(id);
    const openTime = openTimes.find((one) => one > (last?.until ?? Number.NEGATIVE_INFINITY));
    if (openTime === undefined || !isSettled(openTime, at)) return null;
    return last !== undefined && at < last.at + ASKED_FOR_MS ? null : openTime;
  }

  async function ask(): Promise<void> {
    for (const { instrument, openTimes } of pipeline.awaited()) {
      const openTime = due(instrument.id, openTimes);
      if (openTime === null) continue;
      const at = now();
      const from = Math.max(openTime, at - (AWAITED_MAX + 1) * MINUTE_MS);
      try {
        const bars = await fetch(instrument, from);
        if (stopping) return;
        const whole = bars.filter(({ openTime: one }) => isSettled(one, at));
        for (const bar of whole) pipeline.venueBar({ ...bar, state: 'closed' });
        asked.set(instrument.id, { at, until: at - MINUTE_MS - ASKED_FOR_MS });
      } catch (error) {
        log.warn({ err: error, instrument: instrument.id }, 'bars of a gap were not fetched');
      }
      if (stopping) return;
    }
  }

  const timer = setInterval(() => {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
  }, options.everyMs ?? EVERY_MS);
  return {
    async stop() {
      stopping = true;
      clearInterval(timer);
      await Promise.race([underWay, delay(STOP_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
