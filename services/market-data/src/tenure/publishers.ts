import {
  type Bus,
  createMarketPublisher,
  type MarketPublisher,
  type Unwritten,
} from '@ballast/bus';
import { FEED_LEASE } from '@ballast/db';
import { MARKET_VENUES, type MarketEvent, venueOf } from '@ballast/domain';
import type { Logger } from '@ballast/observability';

export type Publishers = {
  publish(event: MarketEvent): void;
  counts(): MarketPublisher['counts'];
  close(): Promise<void>;
};

/**
 * One stream for the instruments of each venue, written under one fence: a process that was paused
 * past its lease finds every stream closed to it.
 */
export function openPublishers(
  bus: Bus,
  options: {
    readonly fence: number;
    readonly isHeld: () => boolean;
    readonly onFenced: () => void;
    readonly onPressure: (high: boolean) => void;
    readonly onUnwritten: (events: readonly MarketEvent[], why: Unwritten) => void;
    readonly log: Logger;
  },
): Publishers {
  const { fence, isHeld, onFenced, onPressure, onUnwritten, log } = options;
  const pressed = new Set<string>();
  const publishers = new Map<string, MarketPublisher>(
    MARKET_VENUES.map((venue) => [
      venue,
      createMarketPublisher(bus, venue, {
        log,
        onUnwritten,
        runId: `fence-${fence}`,
        fence: { lease: FEED_LEASE, number: fence, isHeld, onFenced },
        onPressure(high) {
          if (high) pressed.add(venue);
          else pressed.delete(venue);
          onPressure(pressed.size > 0);
        },
      }),
    ]),
  );
  const all = [...publishers.values()];
  return {
    publish(event) {
      publishers.get(venueOf(instrumentOf(event)))?.publish(event);
    },
    counts() {
      const sums = { events: 0, entries: 0, dropped: 0, fenced: 0, failedWrites: 0 };
      for (const { counts } of all) {
        sums.events += counts.events;
        sums.entries += counts.entries;
        sums.dropped += counts.dropped;
        sums.fenced += counts.fenced;
        sums.failedWrites += counts.failedWrites;
      }
      return sums;
    },
    async close() {
      await Promise.all(all.map((publisher) => publisher.close()));
    },
  };
}

function instrumentOf(event: MarketEvent) {
  switch (event.kind) {
    case 'trade':
      return event.trade.instrument;
    case 'quote':
      return event.quote.instrument;
    case 'bar':
      return event.bar.instrument;
    default:
      return event satisfies never;
  }
}
