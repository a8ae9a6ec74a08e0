import type { Database } from '@ballast/db';
import type { Logger } from '@ballast/observability';
import type { MarketDataConfig } from '../config.ts';
import { Hub } from '../hub/hub.ts';
import { TakerVolume } from '../microstructure/taker-volume.ts';
import { openSources } from './open-sources.ts';
import { FeedSwitch } from './switched-feed.ts';
import { createUnheard } from './unheard.ts';

/** The configured sources and what is built of them; which of them are heard, the switch says. */
export function openHub(
  config: MarketDataConfig,
  parts: { readonly db: Database; readonly now: () => number; readonly log: Logger },
) {
  const { db, now, log } = parts;
  const feedSwitch = new FeedSwitch();
  const sources = openSources(config, { db, feedSwitch, log });
  const taker = new TakerVolume();
  const hub = new Hub(sources, { log, now, taker });
  const unheard = createUnheard(sources, { hub, feedSwitch, now });
  return {
    ...{ feedSwitch, sources, taker, hub, unheard },
    async stop(): Promise<void> {
      unheard.stop();
      await hub.stop();
    },
  };
}
