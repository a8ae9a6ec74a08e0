import { type Bus, FEED_STATE, putState } from '@ballast/bus';
import type { FeedState } from '@ballast/feeds';
import type { Logger, Metrics } from '@ballast/observability';
import type { Hub } from './hub/hub.ts';
import { takeTurns } from './turns.ts';

const EVERY_MS = 1_000;
/** Best first. */
const STATES: readonly FeedState[] = ['live', 'connecting', 'stale', 'down'];

/** Every number that the hub counts, flat; faults carry their reason code. */
export function hubCounts({ pipeline, output, feeds }: Hub): Record<string, number> {
  const sums: Record<string, number> = { feedFrames: 0, feedEvents: 0, feedConnects: 0 };
  const add = (name: string, count: number): void => {
    sums[name] = (sums[name] ?? 0) + count;
  };
  for (const { counts } of feeds.values()) {
    add('feedFrames', counts.frames);
    add('feedEvents', counts.events);
    add('feedConnects', counts.connects);
    for (const [code, count] of Object.entries(counts.faults)) add(code, count);
  }
  return { ...pipeline.counts(), ...output.counts, ...sums };
}

/**
 * The feeds as one: as good as the worst of those that are on the air, with each of them. Times
 * epoch ms.
 */
export function feedSummary({ pipeline, feeds }: Pick<Hub, 'pipeline' | 'feeds'>) {
  const onAir = pipeline.onAir();
  const urls = new Map([...feeds.keys()].map(({ name, historyUrl }) => [name, historyUrl]));
  const sources = [...pipeline.sources()].map(([source, told]) => {
    const historyUrl = urls.get(source) ?? null;
    return { source, ...told, instrumentsOnAir: onAir[source] ?? 0, historyUrl };
  });
  const counted = sources.filter(({ instrumentsOnAir }) => instrumentsOnAir > 0);
  const worst = counted.toSorted((a, b) => STATES.indexOf(b.state) - STATES.indexOf(a.state))[0];
  return {
    state: worst?.state ?? 'connecting',
    reason: worst?.reason ?? 'nothing is followed yet',
    since: worst?.since ?? 0,
    lastDataAt: Math.max(0, ...counted.map(({ lastDataAt }) => lastDataAt)),
    sources,
  };
}

/**
 * Puts the state of the feeds on the bus each second, while this process is the active one, and
 * brings the counters of /metrics up to date.
 */
export function startStatus(options: {
  bus: Bus;
  metrics: Metrics;
  log: Logger;
  hub: Hub;
  counts: () => Record<string, number>;
  /** Null while this process is not the active one. */
  fence: () => number | null;
}): { stop(): Promise<void> } {
  const { bus, log, hub, fence } = options;
  const counter = options.metrics.counter(
    'ballast_market_data_events_total',
    'What market-data has counted, by reason',
    ['reason'],
  );
  const active = options.metrics.gauge('ballast_market_data_active', '1 in the active process');
  const counted = new Map<string, number>();

  async function report(): Promise<void> {
    const counts = options.counts();
    for (const [reason, count] of Object.entries(counts)) {
      counter.inc({ reason }, Math.max(0, count - (counted.get(reason) ?? 0)));
      counted.set(reason, count);
    }
    const number = fence();
    active.set(number === null ? 0 : 1);
    if (number === null) return;
    try {
      await putState(bus, FEED_STATE, {
        at: Date.now(),
        ...feedSummary(hub),
        fence: number,
        pid: process.pid,
        counts,
      });
    } catch (error) {
      log.warn({ err: error }, 'feed state was not published');
    }
  }

  const turns = takeTurns(report, EVERY_MS);
  void turns.now();
  return { stop: turns.stop };
}
