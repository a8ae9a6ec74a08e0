import { type FeedEvent, openIbkrFeed } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTws } from './tws.fixture.ts';

const WAIT = { timeout: 5_000, interval: 5 };

test('the feed follows lines of quotes, also over a break of the connection', async () => {
  const opened = await openTws();
  const events: FeedEvent[] = [];
  const feed = openIbkrFeed({
    host: '127.0.0.1',
    port: opened.port,
    clientId: 17,
    tickByTickRoutes: 0,
    linesMax: 2,
    routes: [...opened.venue.markets.values()].map(({ instrument, symbol }) => ({
      instrument,
      symbol,
    })),
    handlers: { onEvents: (batch) => events.push(...batch), onState: () => undefined },
    log: createLogger('feed-ibkr', 'silent'),
    random: () => 0,
    reconnectDelayMaxMs: 20,
  });
  onTestFinished(() => feed.stop());
  await vi.waitFor(() => expect(events).toHaveLength(2), WAIT);
  expect(events[0]).toMatchObject({
    quote: {
      instrument: 'ibkr.stock:AAPL',
      source: 'ibkr',
      bid: '199.99',
      ask: '200',
      last: '200',
    },
  });
  // The third route has no line.
  expect(feed.counts.faults).toEqual({ FEED_SYMBOL_LIMIT: 1 });
  opened.move(20_003);
  await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ quote: { last: '200.03' } }), WAIT);
  const before = events.length;
  opened.frontEnd.breakConnections();
  await vi.waitFor(() => expect(feed.counts.connects).toBe(2), WAIT);
  await vi.waitFor(() => expect(events.length).toBeGreaterThan(before), WAIT);
  expect(feed.counts.faults).toMatchObject({ FEED_CONNECTION_LOST: 1 });
  expect(opened.failures).toEqual([]);
});
