import { once } from 'node:events';
import { createServer } from 'node:http';
import { createLogger } from '@ballast/observability';
import { afterEach, expect, test, vi } from 'vitest';
import type { ContractServer } from '../feed-contract.fixture.ts';
import type { Feed, FeedEvent, FeedState } from '../feed.ts';
import { shareRoutes } from './key-shares.ts';
import { finnhubTrades, startScriptedFinnhub, stockRoute } from './scripted-finnhub.fixture.ts';
import { type FinnhubFeedOptions, openFinnhubFeed } from './trade-feed.ts';

const WAIT = { timeout: 5_000, interval: 5 };
const KEY = 'canary+key/0123456789';
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function open(url: string, options: Partial<FinnhubFeedOptions> = {}) {
  const events: FeedEvent[] = [];
  const states: [FeedState, string][] = [];
  const logged: unknown[] = [];
  const log = createLogger('feed-test', 'silent');
  for (const level of ['info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(log, level).mockImplementation((...all: unknown[]) => logged.push(all));
  }
  const feed: Feed = openFinnhubFeed({
    url,
    keys: [KEY],
    routes: [stockRoute('AAPL')],
    handlers: {
      onEvents: (batch) => events.push(...batch),
      onState: (state, reason) => states.push([state, reason]),
    },
    log,
    random: () => 0,
    reconnectDelayMaxMs: 20,
    ...options,
  });
  cleanUps.push(() => feed.stop());
  const out = () => JSON.stringify([logged, states, feed.counts]);
  return { feed, events, states, out };
}

async function source(): Promise<ContractServer> {
  const server = await startScriptedFinnhub();
  cleanUps.push(() => server.stop());
  return server;
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `S${index}`);

test('spreads symbols over the keys and moves none that stays', () => {
  const routes = names(120).map((name) => stockRoute(name));
  const shares = shareRoutes(routes, 3);
  expect(shares.map((share) => share.length)).toEqual([40, 40, 40]);
  const kept = routes.filter((_, index) => index % 3 === 0);
  const added = names(150)
    .slice(120)
    .map((name) => stockRoute(name));
  const after = shareRoutes([...kept, ...added], 3, shares);
  expect(after.every((share) => share.length <= 50)).toBe(true);
  expect(after.flat()).toHaveLength(kept.length + added.length);
  for (const [key, share] of after.entries()) {
    const stayed = share.filter((route) => kept.includes(route));
    expect(stayed.every((route) => shares[key]?.includes(route))).toBe(true);
  }
});

test('refuses more symbols than its keys carry, at the start and later', async () => {
  const { url } = await source();
  const routes = names(51).map((name) => stockRoute(name));
  const tooMany = expect.objectContaining({ code: 'FEED_ROUTES_TOO_MANY' }) as unknown;
  expect(() => open(url, { routes })).toThrow(tooMany);
  const { feed } = open(url, { routes: routes.slice(1) });
  expect(() => feed.setRoutes(routes)).toThrow(tooMany);
  expect(() => open(url, { keys: [] })).toThrow(
    expect.objectContaining({ code: 'FEED_KEY_MISSING' }),
  );
});

test('has one connection for each key, and sums what they count', async () => {
  const server = await source();
  const routes = names(60).map((name) => stockRoute(name));
  const { feed, events, states } = open(server.url, { keys: ['a', 'b'], routes });
  await vi.waitFor(() => expect(server.connects()).toBe(2), WAIT);
  // Whichever of them came second: it has asked for every other symbol.
  const own = () => names(60).filter((name) => server.isAsked(name));
  await vi.waitFor(() => expect(own()).toHaveLength(30), WAIT);
  const [symbol = ''] = own();
  server.send(finnhubTrades(symbol, { price: '1', quantity: '1', eventTime: 5, id: '' }));
  await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
  expect(states.map(([state]) => state)).toEqual(['connecting']);
  expect(feed.counts).toMatchObject({ connects: 2, frames: 1, events: 1, faults: {} });
});

test.each([
  [401, 'FEED_LOGIN_REFUSED'],
  [403, 'FEED_ACCESS_REFUSED'],
  [429, 'FEED_RATE_LIMITED'],
] as const)('names a connection refused with %i and never tells the key', async (status, code) => {
  const http = createServer().listen(0, '127.0.0.1');
  const asked: string[] = [];
  http.on('upgrade', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end(`HTTP/1.1 ${status} No\r\nconnection: close\r\n\r\n`);
  });
  await once(http, 'listening');
  cleanUps.push(async () => {
    http.close();
    await once(http, 'close');
  });
  const address = http.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const { feed, states, out } = open(`ws://127.0.0.1:${port}`);
  await vi.waitFor(() => expect(feed.counts.faults[code]).toBeGreaterThan(1), WAIT);
  expect(states[1]).toEqual(['down', code]);
  expect(feed.counts.faults).toEqual({ [code]: feed.counts.faults[code] });
  expect(asked[0]).toContain(encodeURIComponent(KEY));
  expect(out()).not.toContain('canary');
});

test('never tells the key, even where the source quotes it', async () => {
  const server = await source();
  const { feed, out } = open(server.url);
  await vi.waitFor(() => expect(server.isAsked('AAPL')).toBe(true), WAIT);
  server.send(JSON.stringify({ type: 'error', msg: `slow down, ${KEY}` }));
  server.send(`{"broken ${KEY} ${encodeURIComponent(KEY)}`);
  server.send(JSON.stringify({ type: `odd ${KEY}` }));
  server.send(JSON.stringify({ type: 'error', msg: `Invalid API key ${KEY}` }));
  await vi.waitFor(() => expect(feed.counts.faults.FEED_LOGIN_REFUSED).toBe(1), WAIT);
  expect(feed.counts.faults).toMatchObject({
    FEED_SOURCE_ERROR: 1,
    FEED_FRAME_MALFORMED: 1,
    FEED_TOPIC_UNKNOWN: 1,
  });
  expect(out()).toContain('slow down');
  expect(out()).not.toContain('canary');
  expect(() => open('no address')).toThrow(expect.objectContaining({ code: 'FEED_URL_INVALID' }));
});

test('a closed market is not a dead feed; an open one that is mute is', async () => {
  const server = await source();
  const sunday = Date.UTC(2024, 6, 7, 15);
  let looks = 0;
  let at = sunday;
  const now = () => {
    looks += 1;
    at += 1_000;
    return at;
  };
  const times = { staleAfterMs: 100, answerTimeoutMs: 60_000, pingEveryMs: 3_600_000, now };
  const { feed, states } = open(server.url, {
    routes: [stockRoute('AAPL', 'us-equity')],
    ...times,
  });
  await vi.waitFor(() => expect(states.at(-1)).toEqual(['live', 'no session is open']), WAIT);
  const before = looks;
  await vi.waitFor(() => expect(looks).toBeGreaterThan(before + 5), WAIT);
  expect(server.connects()).toBe(1);
  at = Date.UTC(2024, 6, 8, 15);
  await vi.waitFor(() => expect(feed.counts.faults.FEED_DATA_STALE).toBeGreaterThan(0), WAIT);
});
