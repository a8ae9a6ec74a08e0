import { once } from 'node:events';
import { instrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ownRoutes } from '../connection/routes.ts';
import type { Feed, FeedEvent, FeedState } from '../feed.ts';
import { type BybitFeedOptions, openBybitFeed } from './public-feed.ts';
import {
  linear,
  type ScriptedVenue,
  startScriptedVenue,
  tickerFrame,
  tradeFrame,
} from './scripted-venue.fixture.ts';

const log = createLogger('feed-test', 'silent');
const WAIT = 5_000;
let venue: ScriptedVenue;
let feed: Feed;

afterEach(async () => {
  await feed.stop();
  await venue.stop();
});

function open(options: Partial<BybitFeedOptions> = {}) {
  const events: FeedEvent[] = [];
  const states: [FeedState, string][] = [];
  feed = openBybitFeed({
    url: venue.url,
    routes: ownRoutes([linear('BTCUSDT'), linear('ETHUSDT')]),
    handlers: {
      onEvents: (batch) => events.push(...batch),
      onState: (state, reason) => states.push([state, reason]),
    },
    log,
    random: () => 0,
    reconnectDelayMaxMs: 20,
    ...options,
  });
  return { events, states, names: () => states.map(([state]) => state) };
}

/** By the time another client has had its answers, ours would have had what was sent before. */
async function roundTrip(url: string): Promise<void> {
  const probe = new WebSocket(url);
  await once(probe, 'open');
  for (let count = 0; count < 20; count += 1) {
    probe.ping();
    await once(probe, 'pong');
  }
  probe.terminate();
  await once(probe, 'close');
}

const subscribed = (count: number) => () => {
  const requests = venue.received.filter(({ op }) => op === 'subscribe');
  expect(requests).toHaveLength(count);
  return requests;
};

describe('subscriptions', () => {
  test('asks for all topics of all instruments, ten in a request', async () => {
    venue = await startScriptedVenue();
    open({ routes: ownRoutes(['A', 'B', 'C', 'D'].map((name) => linear(`${name}USDT`))) });
    const requests = await vi.waitFor(subscribed(2), WAIT);
    expect(requests.map(({ args }) => args?.length)).toEqual([10, 2]);
    expect(requests[0]?.args?.slice(0, 3)).toEqual([
      'publicTrade.AUSDT',
      'tickers.AUSDT',
      'kline.1.AUSDT',
    ]);
  });

  test('lets an unknown symbol cost only itself', async () => {
    venue = await startScriptedVenue({
      answer: ({ args }) =>
        args?.some((topic) => topic.endsWith('.NOPEUSDT'))
          ? { success: false, ret_msg: 'error:handler not found,topic:NOPEUSDT' }
          : { success: true, ret_msg: '' },
    });
    const { events, names } = open({
      routes: ownRoutes([linear('BTCUSDT'), linear('NOPEUSDT')]),
    });
    await vi.waitFor(() => expect(feed.counts.faults.FEED_SYMBOL_UNKNOWN).toBe(3), WAIT);
    venue.send(tradeFrame('BTCUSDT', {}));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    expect(names()).toEqual(['connecting', 'live']);
    expect(
      subscribed(7)()
        .slice(1)
        .map(({ args }) => args?.length),
    ).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('replaces a connection whose subscription is never answered', async () => {
    venue = await startScriptedVenue({ answer: () => null });
    open({ answerTimeoutMs: 60 });
    await vi.waitFor(() => expect(venue.connections.length).toBeGreaterThan(1), WAIT);
    expect(feed.counts.faults.FEED_SUBSCRIBE_UNANSWERED).toBeGreaterThan(0);
  });
});

describe('an order book', () => {
  const book = (type: string, u: number) => ({
    topic: 'orderbook.50.BTCUSDT',
    type,
    ts: 1_700_000_000_000 + u,
    data: { s: 'BTCUSDT', b: [['10.0', '1']], a: [['10.1', '1']], u, seq: u },
  });

  test('that misses a change is asked for again on the same connection', async () => {
    venue = await startScriptedVenue();
    const { events } = open({ book: true, routes: ownRoutes([linear('BTCUSDT')]) });
    await vi.waitFor(subscribed(1), WAIT);
    for (const frame of [book('snapshot', 5), book('delta', 6), book('delta', 8)]) {
      venue.send(frame);
    }
    await vi.waitFor(subscribed(2), WAIT);
    expect(events.map(({ kind }) => kind)).toEqual(['book', 'book', 'gap']);
    expect(venue.received.slice(1).map(({ op, args }) => [op, args])).toEqual([
      ['unsubscribe', ['orderbook.50.BTCUSDT']],
      ['subscribe', ['orderbook.50.BTCUSDT']],
    ]);
    venue.send(book('snapshot', 9));
    await vi.waitFor(() => expect(events).toHaveLength(4), WAIT);
    expect(events[3]).toMatchObject({ kind: 'book', sequence: 9 });
    expect(venue.connections).toHaveLength(1);
    expect(feed.counts.faults).toEqual({ FEED_SEQUENCE_GAP: 1 });
  });

  test('whose snapshot does not come is asked for again, and costs nothing else', async () => {
    venue = await startScriptedVenue();
    open({ book: true, routes: ownRoutes([linear('BTCUSDT')]), answerTimeoutMs: 60 });
    await vi.waitFor(subscribed(1), WAIT);
    venue.send(book('delta', 6));
    await vi.waitFor(() => expect(feed.counts.faults.FEED_SNAPSHOT_MISSING).toBe(2), WAIT);
    expect(venue.connections).toHaveLength(1);
  });
});

describe('the spot market', () => {
  test('has its own address, and the first level of the book for its quotes', async () => {
    venue = await startScriptedVenue();
    const instrument = { ...linear('BTCUSDT'), id: instrumentId('bybit', 'spot', 'BTCUSDT') };
    open({ category: 'spot', routes: ownRoutes([instrument]) });
    const [request] = await vi.waitFor(subscribed(1), WAIT);
    expect(request?.args).toEqual([
      'publicTrade.BTCUSDT',
      'tickers.BTCUSDT',
      'kline.1.BTCUSDT',
      'orderbook.1.BTCUSDT',
    ]);
    expect(venue.paths).toEqual(['/v5/public/spot']);
  });
});

describe('reconnecting', () => {
  test('subscribes again and waits for a new snapshot', async () => {
    venue = await startScriptedVenue();
    const { events, names } = open();
    await vi.waitFor(subscribed(1), WAIT);
    const book = { bid1Price: '1', bid1Size: '1', ask1Price: '2', ask1Size: '1', lastPrice: '1' };
    venue.send(tickerFrame('BTCUSDT', 'snapshot', book));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    venue.connections[0]?.terminate();
    await vi.waitFor(subscribed(2), WAIT);
    venue.send(tickerFrame('BTCUSDT', 'delta', { bid1Price: '1.5' }));
    venue.send(tradeFrame('BTCUSDT', {}));
    await vi.waitFor(() => expect(events).toHaveLength(2), WAIT);
    expect(names()).toEqual(['connecting', 'live', 'down', 'connecting', 'live']);
    expect(feed.counts.faults).toEqual({ FEED_CONNECTION_LOST: 1, FEED_DELTA_WITHOUT_SNAPSHOT: 1 });
  });

  test('finds a socket that is open and mute by the age of its data', async () => {
    venue = await startScriptedVenue();
    const { events, states } = open({ staleAfterMs: 80 });
    await vi.waitFor(subscribed(1), WAIT);
    venue.send(tradeFrame('BTCUSDT', {}));
    await vi.waitFor(() => expect(venue.connections.length).toBeGreaterThan(1), WAIT);
    expect(states.slice(0, 4)).toEqual([
      ['connecting', 'start'],
      ['live', 'data'],
      ['stale', 'FEED_DATA_STALE'],
      ['down', 'FEED_DATA_STALE'],
    ]);
    expect(events).toHaveLength(1);
  });

  test('finds a half-open connection by the missing pong', async () => {
    venue = await startScriptedVenue({
      answer: ({ op }) => (op === 'ping' ? null : { success: true, ret_msg: '' }),
    });
    open({ pingEveryMs: 20, answerTimeoutMs: 60 });
    await vi.waitFor(() => expect(venue.connections.length).toBeGreaterThan(1), WAIT);
    expect(feed.counts.faults.FEED_PONG_MISSING).toBeGreaterThan(0);
    expect(feed.counts.faults.FEED_DATA_STALE).toBeUndefined();
  });

  test('asks again, on a new connection, for a snapshot that never came', async () => {
    venue = await startScriptedVenue();
    open({ answerTimeoutMs: 60 });
    await vi.waitFor(subscribed(1), WAIT);
    venue.send(tickerFrame('BTCUSDT', 'delta', { bid1Price: '1.5' }));
    await vi.waitFor(subscribed(2), WAIT);
    expect(feed.counts.faults.FEED_SNAPSHOT_MISSING).toBe(1);
  });

  test('keeps a connection that answers its pings', async () => {
    venue = await startScriptedVenue({
      answer: ({ op }) => ({ success: true, ret_msg: op === 'ping' ? 'pong' : '' }),
    });
    open({ pingEveryMs: 20, answerTimeoutMs: 60 });
    const pings = () => venue.received.filter(({ op }) => op === 'ping').length;
    await vi.waitFor(() => expect(pings()).toBeGreaterThan(8), WAIT);
    expect(venue.connections).toHaveLength(1);
  });

  test('comes back after the venue was away', async () => {
    venue = await startScriptedVenue();
    const { names } = open({ url: 'ws://127.0.0.1:1' });
    await vi.waitFor(() => expect(feed.counts.connects).toBeGreaterThan(2), WAIT);
    expect(names().slice(0, 4)).toEqual(['connecting', 'down', 'connecting', 'down']);
    expect(feed.counts.faults.FEED_CONNECTION_LOST).toBeGreaterThan(1);
  });
});

describe('a consumer that cannot follow', () => {
  test('takes nothing while paused, and all of it afterwards', async () => {
    venue = await startScriptedVenue();
    const { events } = open();
    await vi.waitFor(subscribed(1), WAIT);
    venue.send(tradeFrame('BTCUSDT', {}));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    feed.setPaused(true);
    venue.send(tradeFrame('BTCUSDT', {}, {}));
    await roundTrip(venue.url);
    expect(events).toHaveLength(1);
    feed.setPaused(false);
    await vi.waitFor(() => expect(events).toHaveLength(3), WAIT);
  });

  test('gets a new connection when it stays paused for too long', async () => {
    venue = await startScriptedVenue();
    open({ staleAfterMs: 60 });
    await vi.waitFor(subscribed(1), WAIT);
    feed.setPaused(true);
    await vi.waitFor(() => expect(venue.connections.length).toBeGreaterThan(1), WAIT);
    expect(feed.counts.faults.FEED_DATA_STALE).toBeGreaterThan(0);
  });
});

describe('faulty frames', () => {
  test('counts them and goes on with the same connection', async () => {
    venue = await startScriptedVenue();
    const { events } = open();
    await vi.waitFor(subscribed(1), WAIT);
    venue.sendText('{"topic":');
    venue.sendText(`"${'x'.repeat(1_100_000)}"`);
    venue.connections[0]?.send(Buffer.from('{}'), { binary: true });
    venue.connections[0]?.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
    venue.send({ op: 'surprise' });
    venue.send(tradeFrame('BTCUSDT', { p: '-1' }, {}));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    expect(venue.connections).toHaveLength(1);
    expect(feed.counts.faults).toEqual({
      FEED_FRAME_MALFORMED: 4,
      FEED_FRAME_TOO_LARGE: 1,
      FEED_PRICE_INVALID: 1,
    });
  });

  test('ends a connection that sends more than a socket may, and comes back', async () => {
    venue = await startScriptedVenue();
    const { events } = open();
    await vi.waitFor(subscribed(1), WAIT);
    venue.sendText('x'.repeat(9 * 1_048_576));
    await vi.waitFor(subscribed(2), WAIT);
    venue.send(tradeFrame('BTCUSDT', {}));
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    expect(feed.counts.faults.FEED_FRAME_TOO_LARGE).toBe(1);
  });
});
