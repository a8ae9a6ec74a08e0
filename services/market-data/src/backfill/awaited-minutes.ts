import { setTimeout as delay } from 'node:timers/promises';
import type { InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { ASKED_MAX_MS, MINUTE_MS } from '../hub/bar-builder.ts';
import type { Pipeline } from '../hub/pipeline.ts';
import { type FetchRecent, isSettled } from './recent-bars.ts';

const EVERY_MS = 5_000;
/** What the venue did not have this long after its end is not asked for again: nobody traded. */
const ASKED_FOR_MS = 20_000;
/** A question under way may wait for the venue's rate budget; a stop does not. */
const STOP_WITHIN_MS = 1_000;

type AwaitedMinutes = {
  readonly pipeline: Pick<Pipeline, 'awaited' | 'venueBar'>;
  readonly fetch: FetchRecent;
  /** Who `fetch` asks; undefined where nobody keeps bars of the instrument. */
  readonly sourceOf: (id: InstrumentId) => string | undefined;
  /** Those whose history is being asked for, which holds what is awaited too. */
  readonly asking: ReadonlySet<InstrumentId>;
  readonly now: () => number;
  readonly log: Logger;
  readonly everyMs?: number;
};

/**
 * Asks for the bars of minutes that were not seen in full, or were and cannot be held against the
 * venue's own, where that did not come by itself. A quiet minute has none: it is asked for twice,
 * since the venue's rate budget is everybody's. The last bar before a silence may be much older than
 * the rest, and is asked for apart. Each source has a turn of its own: one that is away, or whose
 * budget is spent, keeps no minute of another waiting until nothing is known of it here.
 */
export function startAwaitedMinutes(options: AwaitedMinutes): { stop(): Promise<void> } {
  const { pipeline, fetch, sourceOf, asking, now, log } = options;
  /**
   * When the venue was asked last for what is newest, and up to which minute it was asked for the
   * last time.
   */
  const asked = new Map<InstrumentId, { readonly at: number; readonly until: number }>();
  const underWay = new Map<string | undefined, Promise<void>>();
  let stopping = false;

  function due(id: InstrumentId, openTimes: readonly number[]): number | null {
    const at = now();
    const last = asked.get(id);
    const openTime = openTimes.find((one) => one > (last?.until ?? Number.NEGATIVE_INFINITY));
    if (openTime === undefined || !isSettled(openTime, at)) return null;
    return last !== undefined && at < last.at + ASKED_FOR_MS ? null : openTime;
  }

  async function ask(awaited: ReturnType<Pipeline['awaited']>): Promise<void> {
    for (const { instrument, openTimes } of awaited) {
      const { id } = instrument;
      const openTime = asking.has(id) ? null : due(id, openTimes);
      if (openTime === null) continue;
      const at = now();
      const to = Math.min(at, openTime + ASKED_MAX_MS);
      try {
        const bars = await fetch(instrument, openTime, to);
        if (stopping) return;
        const whole = bars.filter(({ openTime: one }) => isSettled(one, at));
        for (const bar of whole) pipeline.venueBar({ ...bar, state: 'closed' });
        const until = Math.min(to, at - ASKED_FOR_MS) - MINUTE_MS;
        // What came later is asked for at the next turn: those minutes are not asked for yet.
        asked.set(id, { at: to < at ? Number.NEGATIVE_INFINITY : at, until });
      } catch (error) {
        asked.set(id, { at, until: asked.get(id)?.until ?? Number.NEGATIVE_INFINITY });
        log.warn({ err: error, instrument: id }, 'bars of a gap were not fetched');
      }
      if (stopping) return;
    }
  }

  const timer = setInterval(() => {
    const all = Map.groupBy(pipeline.awaited(), ({ instrument }) => sourceOf(instrument.id));
    for (const [source, own] of all) {
      if (underWay.has(source)) continue;
      underWay.set(
        source,
        ask(own).finally(() => underWay.delete(source)),
      );
    }
  }, options.everyMs ?? EVERY_MS);
  return {
    async stop() {
      stopping = true;
      clearInterval(timer);
      await Promise.race([
        Promise.all(underWay.values()),
        delay(STOP_WITHIN_MS, undefined, { ref: false }),
      ]);
    },
  };
}
