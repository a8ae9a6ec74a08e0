import { type Bus, type MarketPublisher, putState } from '@ballast/bus';
import type { Feed } from '@ballast/feeds';
import type { Logger, Metrics } from '@ballast/observability';
import type { BarStore } from './bar-store.ts';
import type { Pipeline } from './pipeline.ts';

const EVERY_MS = 1_000;

type Counted = { readonly counts: Readonly<Record<string, number>> };
type Sources = {
  pipeline: Pipeline;
  feed: Feed;
  publisher: MarketPublisher;
  barStore: BarStore;
  gaps: Counted;
  filler: Counted;
  rolls: Counted;
};

/** Every number that this service counts, flat; faults carry their reason code. */
export function collectCounts({
  pipeline,
  feed,
  publisher,
  barStore,
  gaps,
  filler,
  rolls,
}: Sources): Record<string, number> {
  return {
    ...pipeline.counts(),
    feedFrames: feed.counts.frames,
    feedEvents: feed.counts.events,
    feedConnects: feed.counts.connects,
    ...feed.counts.faults,
    publishedEvents: publisher.counts.events,
    publishedEntries: publisher.counts.entries,
    publishDropped: publisher.counts.dropped,
    publishFailures: publisher.counts.failedWrites,
    barsStored: barStore.counts.stored,
    barsDropped: barStore.counts.dropped,
    barsRefused: barStore.counts.refused,
    barStoreFailures: barStore.counts.failedWrites,
    ...gaps.counts,
    ...filler.counts,
    ...rolls.counts,
  };
}

/** Puts the feed's state on the bus each second and brings the counters of /metrics up to date. */
export function startStatus(options: {
  bus: Bus;
  metrics: Metrics;
  log: Logger;
  sources: Sources;
}): { stop(): Promise<void> } {
  const { bus, log, sources } = options;
  const counter = options.metrics.counter(
    'ballast_market_data_events_total',
    'What market-data has counted, by reason',
    ['reason'],
  );
  const counted = new Map<string, number>();
  let underWay: Promise<void> | undefined;

  async function report(): Promise<void> {
    const counts = collectCounts(sources);
    for (const [reason, count] of Object.entries(counts)) {
      counter.inc({ reason }, count - (counted.get(reason) ?? 0));
      counted.set(reason, count);
    }
    try {
      await putState(bus, 'feed:bybit', { ...sources.pipeline.feed(), counts });
    } catch (error) {
      log.warn({ err: error }, 'feed state was not published');
    }
  }

  function next(): void {
    underWay ??= report().finally(() => {
      underWay = undefined;
    });
  }

  next();
  const timer = setInterval(next, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
