import { type FeedEvent, openAlpacaFeed } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { expect, onTestFinished, test, vi } from 'vitest';
import { KEY, openAlpaca, type OpenedAlpaca, SECRET } from './alpaca.fixture.ts';

const WAIT = { timeout: 5_000, interval: 5 };

function follow({ venue, urls }: OpenedAlpaca, secret = SECRET) {
  const events: FeedEvent[] = [];
  const states: string[] = [];
  const feed = openAlpacaFeed({
    url: urls.dataStreamUrl,
    stream: 'iex',
    credentials: { key: KEY, secret },
    routes: [...venue.markets.values()].map(({ instrument, symbol }) => ({ instrument, symbol })),
    handlers: {
      onEvents: (batch) => events.push(...batch),
      onState: (state, reason) => states.push(`${state} ${reason}`),
    },
    log: createLogger('feed-alpaca', 'silent'),
    random: () => 0,
    reconnectDelayMaxMs: 20,
  });
  onTestFinished(() => feed.stop());
  return { feed, events, states };
}

/** Moves the market until the feed, whose subscription nobody sees, tells of it. */
async function untilTold(opened: OpenedAlpaca, events: readonly FeedEvent[]): Promise<void> {
  const before = events.length;
  let ticks = 20_000;
  await vi.waitFor(() => {
    ticks = ticks === 20_000 ? 20_001 : 20_000;
    opened.move(ticks);
    expect(events.length).toBeGreaterThan(before);
  }, WAIT);
}

test('the feed follows the data stream, also over a break of it', async () => {
  const opened = await openAlpaca();
  const { feed, events } = follow(opened);
  await untilTold(opened, events);
  expect(events[0]).toMatchObject({
    kind: 'trade',
    trade: { instrument: 'alpaca.stock:AAPL', source: 'alpaca', takerSide: null },
  });
  expect(events.find(({ kind }) => kind === 'quote')).toMatchObject({
    quote: { source: 'alpaca', last: expect.stringMatching(/^200/) },
  });
  expect(feed.counts.faults).toEqual({});
  opened.frontEnd.breakConnections();
  await vi.waitFor(() => expect(feed.counts.connects).toBe(2), WAIT);
  await untilTold(opened, events);
  expect(feed.counts.faults).toEqual({ FEED_CONNECTION_LOST: 1 });
});

test('a wrong secret is named, and the feed goes on trying', async () => {
  const { feed, states } = follow(await openAlpaca(), 'not-the-secret');
  await vi.waitFor(() => expect(feed.counts.connects).toBeGreaterThan(1), WAIT);
  expect(feed.counts.faults.FEED_LOGIN_REFUSED).toBeGreaterThan(0);
  expect(states).toContain('down FEED_LOGIN_REFUSED');
});
