import type { InstrumentId } from '@ballast/domain';
import { MINUTE_MS } from '../hub/bar-builder.ts';
import type { Hub } from '../hub/hub.ts';
import type { Source } from './source.ts';
import type { FeedSwitch } from './switched-feed.ts';

const LOOK_EVERY_MS = 60_000;
/** As long as the standby holds back what it does hear. */
const WAITED_FOR_MS = 15 * 60_000;

/** After the end of its minute. */
const BAR_TOLD_WITHIN_MS = 4_000;

export type Unheard = {
  /** Whether a quote of the instrument may come to this process now. */
  isHeard(instrument: InstrumentId): boolean;
  /**
   * This process takes over: such minutes that the one before could tell of are not waited for.
   * @param lastActiveAt epoch ms
   */
  giveUpBefore(lastActiveAt: number): void;
  stop(): void;
};

/**
 * What the standby does not hear. Its minutes are for the active process to find: here they are
 * waited for no longer than a takeover may need them.
 */
export function createUnheard(
  all: readonly Source[],
  parts: { readonly hub: Hub; readonly feedSwitch: FeedSwitch; readonly now: () => number },
): Unheard {
  const { hub, feedSwitch, now } = parts;
  const sources = new Set(all.flatMap(({ name, oneConnection }) => (oneConnection ? name : [])));
  const timer = setInterval(() => {
    if (feedSwitch.isActive) return;
    const oldest = now() - WAITED_FOR_MS;
    hub.pipeline.giveUp(sources, (_, openTime) => openTime < oldest);
  }, LOOK_EVERY_MS);
  return {
    isHeard(id) {
      if (feedSwitch.isActive) return true;
      const instrument = hub.instruments.find((one) => one.id === id);
      if (instrument === undefined) return false;
      return all.some(
        ({ name, tellsQuotes, routeOf }) =>
          tellsQuotes && !sources.has(name) && routeOf(instrument) !== null,
      );
    },
    giveUpBefore(lastActiveAt) {
      const last = lastActiveAt - BAR_TOLD_WITHIN_MS;
      const from = last - (last % MINUTE_MS);
      hub.pipeline.giveUp(sources, (_, openTime) => openTime < from);
    },
    stop: () => clearInterval(timer),
  };
}
