import { once } from 'node:events';
import { createLogger } from '@ballast/observability';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { FeedOptions } from '../connection/feed-options.ts';
import type { FeedEvent } from '../feed.ts';
import { alpacaRoutes, openAlpacaFeed } from './data-feed.ts';
import {
  CREDENTIALS,
  frame,
  route,
  startStream,
  type StreamScript,
  tradeItem,
} from './scripted-stream.fixture.ts';

const WAIT = { timeout: 5_000, interval: 5 };
/** Friday 2026-11-20 in New York. */
const IN_SESSION = Date.UTC(2026, 10, 20, 15);
const AT_NIGHT = Date.UTC(2026, 10, 20, 3);

async function open(script: StreamScript, options: Partial<FeedOptions> = {}, secret?: string) {
  const server = await startStream(script);
  const written: string[] = [];
  const log = createLogger('alpaca-feed', 'silent');
  const note = (...parts: unknown[]): void => void written.push(JSON.stringify(parts));
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(log, level).mockImplementation(note);
  const events: FeedEvent[] = [];
  const states: string[] = [];
  const feed = openAlpacaFeed({
    routes: [route('AAPL')],
    handlers: {
      onEvents: (batch) => events.push(...batch),
      onState: (state, reason) => states.push(`${state} ${reason}`),
    },
    log,
    random: () => 0,
    reconnectDelayMaxMs: 20,
    url: server.url,
    stream: 'sip',
    credentials: secret === undefined ? CREDENTIALS : { ...CREDENTIALS, secret },
    ...options,
  });
  onTestFinished(async () => {
    await feed.stop();
    await server.stop();
  });
  return { server, feed, events, states, written };
}

const error = (code: number, msg: string): object => ({ T: 'error', code, msg });

describe('the feed of Alpaca', () => {
  test.each([
    [402, 'auth failed', 'FEED_LOGIN_REFUSED'],
    [404, 'auth timeout', 'FEED_LOGIN_REFUSED'],
    [406, 'connection limit exceeded', 'FEED_CONNECTION_LIMIT'],
    [409, 'insufficient subscription', 'FEED_NOT_ENTITLED'],
    [500, 'internal error', 'FEED_SOURCE_ERROR'],
    [777, 'never heard of', 'FEED_SOURCE_ERROR'],
  ] as const)('names error %i at the login and tries again', async (code, message, fault) => {
    const { server, feed, states } = await open({ login: [error(code, message)] });
    await vi.waitFor(() => expect(server.connects()).toBeGreaterThan(1), WAIT);
    expect(feed.counts.faults[fault]).toBeGreaterThan(0);
    expect(states).toContain(`down ${fault}`);
  });

  test('asks again soon while the connection of another still counts, late when refused', async () => {
    const delays = vi.spyOn(globalThis, 'setTimeout');
    const askedAgain = async (code: number): Promise<unknown> => {
      delays.mockClear();
      const options = { reconnectDelayMaxMs: 30_000 };
      const { states } = await open({ login: [error(code, 'refused')] }, options);
      await vi.waitFor(() => expect(states.at(-1)).toMatch(/^down/), WAIT);
      return delays.mock.calls.map(([, ms]) => ms);
    };
    expect(await askedAgain(406)).toContain(125);
    expect(await askedAgain(402)).toContain(15_000);
    delays.mockRestore();
  });

  test('gives up a connection on which the venue calls it slow', async () => {
    const { server, feed } = await open({});
    await vi.waitFor(() => expect(server.isAsked('AAPL')).toBe(true), WAIT);
    server.send(frame(error(407, 'slow client')));
    await vi.waitFor(() => expect(server.connects()).toBe(2), WAIT);
    expect(feed.counts.faults).toEqual({ FEED_CLIENT_SLOW: 1 });
  });

  test('finds out which symbols are over the limit and serves the others', async () => {
    const served = new Set<string>();
    const routes = ['AAPL', 'MSFT', 'IBM', 'GME', 'TSLA'].map((symbol) => route(symbol));
    const subscription = (symbols: readonly string[]) => {
      if (served.size + symbols.length > 3) return [error(405, 'symbol limit exceeded')];
      for (const symbol of symbols) served.add(symbol);
      return undefined;
    };
    const { server, feed } = await open({ subscription }, { routes });
    await vi.waitFor(() => expect(feed.counts.faults).toEqual({ FEED_SYMBOL_LIMIT: 2 }), WAIT);
    expect([...served]).toEqual(['AAPL', 'MSFT', 'IBM']);
    expect(server.connects()).toBe(1);
  });

  test('counts a symbol that the confirmation leaves out', async () => {
    const lists = { trades: [], quotes: [], bars: [] };
    const { feed } = await open({ subscription: () => [{ T: 'subscription', ...lists }] });
    await vi.waitFor(() => expect(feed.counts.faults).toEqual({ FEED_SUBSCRIBE_REFUSED: 1 }), WAIT);
  });

  test('gives up a connection that does not answer its request', async () => {
    const { server, feed } = await open({ subscription: () => null }, { answerTimeoutMs: 40 });
    await vi.waitFor(() => expect(server.connects()).toBeGreaterThan(1), WAIT);
    expect(feed.counts.faults.FEED_SUBSCRIBE_UNANSWERED).toBeGreaterThan(0);
  });

  test('expects data while the session is open, and at night nothing', async () => {
    let now = AT_NIGHT;
    const options = { now: () => (now += 1), staleAfterMs: 40 };
    const { server, feed, states } = await open({}, options);
    await vi.waitFor(() => expect(states).toContain('live no session is open'), WAIT);
    await server.settled();
    expect(server.connects()).toBe(1);
    now = IN_SESSION;
    await vi.waitFor(() => expect(server.connects()).toBeGreaterThan(1), WAIT);
    expect(feed.counts.faults.FEED_DATA_STALE).toBeGreaterThan(0);
  });

  test('tells corrections in the order of the frame', async () => {
    const { server, events } = await open({});
    await vi.waitFor(() => expect(server.isAsked('AAPL')).toBe(true), WAIT);
    const at = { price: '100.15', quantity: '2', eventTime: IN_SESSION, id: '1' };
    const cancel = { T: 'x', S: 'AAPL', i: 1, x: 'V', p: 100.15, s: 2, a: 'C', z: 'C' };
    server.send(frame(tradeItem('AAPL', at), { ...cancel, t: new Date(IN_SESSION) }));
    await vi.waitFor(() => expect(events).toHaveLength(2), WAIT);
    expect(events.map(({ kind }) => kind)).toEqual(['trade', 'correction']);
  });

  test('writes no key into a log, whatever goes wrong', async () => {
    const secret = 'canary-secret-of-nobody';
    const { server, written } = await open({}, {}, secret);
    await vi.waitFor(() => expect(server.connects()).toBeGreaterThan(1), WAIT);
    expect(written.length).toBeGreaterThan(0);
    expect(written.join()).not.toMatch(/canary/i);
  });
});

test('asks for msgpack, at the address of its stream', async () => {
  const asked = Promise.withResolvers<readonly unknown[]>();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (_socket, { url, headers }) =>
    asked.resolve([url, headers['content-type'], headers['sec-websocket-extensions']]),
  );
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const feed = openAlpacaFeed({
    url: `ws://127.0.0.1:${port}`,
    stream: 'crypto',
    credentials: CREDENTIALS,
    routes: [],
    handlers: { onEvents: () => undefined, onState: () => undefined },
    log: createLogger('alpaca-feed', 'silent'),
  });
  // Without an offer to compress.
  expect(await asked.promise).toEqual(['/v1beta3/crypto/us', 'application/msgpack', undefined]);
  await feed.stop();
  server.close();
});

test('a pair is written with a stroke on the wire', () => {
  const pair = route('BTC/USD').instrument;
  const names = alpacaRoutes([
    { ...route('AAPL').instrument },
    { ...pair, id: pair.id.replace('stock', 'crypto') as typeof pair.id },
  ]).map(({ symbol }) => symbol);
  expect(names).toEqual(['AAPL', 'BTC/USD']);
});
