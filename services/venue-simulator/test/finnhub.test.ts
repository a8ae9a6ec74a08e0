import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createFaultPlan } from '../src/fault-plan.ts';
import { createFinnhubFrontEnd } from '../src/finnhub/front-end.ts';
import { openJournal } from '../src/journal.ts';
import { moveMarket, openVenue } from '../src/venue.ts';
import { textOf, WAIT } from './fault-kit.fixture.ts';
import { ALPACA, FINNHUB, IBKR, type PublicClient } from './public-feed.fixture.ts';
import { KEY, open } from './simulator.fixture.ts';
import { stillMarket } from './still-market.fixture.ts';

/** A front end alone over a still market, pinging quickly, with few symbols. */
async function openAlone(symbolsMax = 50) {
  const counts: string[] = [];
  const market = stillMarket('alpaca', 'AAPL', Date.now());
  const journal = openJournal(undefined, { warn: () => undefined });
  const venue = openVenue('1', [market], journal, Date.now());
  const plan = createFaultPlan({ seed: '1', now: Date.now, restart: () => undefined });
  const frontEnd = createFinnhubFrontEnd({
    venue,
    token: KEY,
    faults: plan,
    now: Date.now,
    count: (_frontEnd, code) => counts.push(code),
    fail(error) {
      throw error;
    },
    symbolsMax,
    pingEveryMs: 20,
  });
  const { wsUrl } = await frontEnd.listen(0);
  onTestFinished(() => frontEnd.close());
  return { url: `${wsUrl}/?token=`, market, venue, counts, plan };
}

async function raw(url: string): Promise<{ socket: WebSocket; received: unknown[] }> {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.terminate());
  const received: unknown[] = [];
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString())));
  await once(socket, 'open');
  return { socket, received };
}

async function refusalOf(url: string): Promise<unknown> {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.terminate());
  const [error]: unknown[] = await once(socket, 'error');
  return error instanceof Error ? error.message : error;
}

const ping = { type: 'ping' };
const subscribe = (symbol: string): string => JSON.stringify({ type: 'subscribe', symbol });

test('a bad token is 401, a second connection with the same is 429, until the first is gone', async () => {
  const { url, counts } = await openAlone();
  expect(await refusalOf(`${url}wrong`)).toBe('Unexpected server response: 401');
  const { socket } = await raw(`${url}${KEY}`);
  expect(await refusalOf(`${url}${KEY}`)).toBe('Unexpected server response: 429');
  socket.terminate();
  await expect.poll(() => raw(`${url}${KEY}`).then(() => 'open'), WAIT).toBe('open');
  expect(counts).toEqual(['401', '429']);
});

test('trades of what is subscribed to, in the frame of the source, and pings of its own', async () => {
  const { url, venue, market } = await openAlone();
  const { socket, received } = await raw(`${url}${KEY}`);
  socket.send(subscribe('AAPL'));
  socket.send('{"type":"?"}');
  await vi.waitFor(() =>
    expect(received).toContainEqual({ type: 'error', msg: expect.any(String) }),
  );
  moveMarket(venue, market, 20_002, 1_700_000_000_123);
  const trade = (p: number) => ({ c: ['1'], p, s: 'AAPL', t: 1_700_000_000_123, v: 100 });
  const told = { data: [trade(200.01), trade(200.02)], type: 'trade' };
  await vi.waitFor(() => expect(received).toContainEqual(told), WAIT);
  await vi.waitFor(() => expect(received).toContainEqual(ping), WAIT);
  socket.send(JSON.stringify({ type: 'unsubscribe', symbol: 'AAPL' }));
  socket.send('{"type":"??"}');
  const errors = (): number => received.filter((one) => textOf(one, 'type') === 'error').length;
  await vi.waitFor(() => expect(errors()).toBe(2), WAIT);
  moveMarket(venue, market, 20_003, Date.now());
  const from = received.length;
  await vi.waitFor(() => expect(received.length).toBeGreaterThan(from + 1), WAIT);
  expect(received.slice(from).every((one) => textOf(one, 'type') === 'ping')).toBe(true);
});

test('pings go on while the feed is mute', async () => {
  const { url, venue, market, plan } = await openAlone();
  const { socket, received } = await raw(`${url}${KEY}`);
  socket.send(subscribe('AAPL'));
  socket.send('{"type":"?"}');
  await vi.waitFor(() =>
    expect(received).toContainEqual({ type: 'error', msg: expect.any(String) }),
  );
  plan.order({ fault: 'silentFeed', ms: 600_000 });
  moveMarket(venue, market, 20_002, Date.now());
  const from = received.length;
  await vi.waitFor(() => expect(received.length).toBeGreaterThan(from + 2), WAIT);
  expect(received.slice(from).every((one) => textOf(one, 'type') === 'ping')).toBe(true);
});

test('50 symbols of one key, and none beyond; what cannot be read is told', async () => {
  const { url, venue, market, counts } = await openAlone();
  const { socket, received } = await raw(`${url}${KEY}`);
  for (let many = 1; many <= 50; many += 1) socket.send(subscribe(`SYM${many}`));
  socket.send(subscribe('SYM50'));
  socket.send(subscribe('AAPL'));
  for (const faulty of ['{"type":', '[]', '{"type":"subscribe"}']) socket.send(faulty);
  await vi.waitFor(() => expect(counts).toHaveLength(4), WAIT);
  expect(counts).toEqual(['tooManySymbols', 'malformedFrame', 'malformedFrame', 'symbolInvalid']);
  const limit = { type: 'error', msg: 'Subscription limit reached for this API key' };
  await vi.waitFor(() => expect(received).toContainEqual(limit), WAIT);
  socket.send(JSON.stringify({ type: 'unsubscribe', symbol: 'SYM1' }));
  socket.send(subscribe('AAPL'));
  await vi.waitFor(() => {
    moveMarket(venue, market, market.lastTick.priceTicks + 1, Date.now());
    expect(received.map((one) => textOf(one, 'type'))).toContain('trade');
  }, WAIT);
});

test('the same stock has the same trades at three sources', async () => {
  const simulator = await open({
    BALLAST_SIMULATOR_VENUES: ['bybit', 'alpaca', 'ibkr', 'finnhub'],
  });
  expect(simulator.info['instruments']).not.toContain('finnhub.stock:AAPL');
  const clients: PublicClient[] = [ALPACA, IBKR, FINNHUB].map(({ client }) => client(simulator));
  for (const client of clients) await client.connect();
  await vi.waitFor(() => {
    for (const { trades } of clients) expect(trades.length).toBeGreaterThan(15);
  }, WAIT);
  const [alpaca, ibkr, finnhub] = clients.map(({ trades }) => trades);
  const from = finnhub?.[0]?.at ?? 0;
  const shared = (trades: PublicClient['trades'] | undefined, many: number) =>
    trades?.slice(trades.findIndex(({ at }) => at === from)).slice(0, many);
  expect(shared(alpaca, 12)).toEqual(shared(finnhub, 12));
  const seconds = shared(finnhub, 12)?.map((trade) => ({
    ...trade,
    at: trade.at - (trade.at % 1_000),
  }));
  const told = JSON.stringify(ibkr).slice(1, -1);
  expect(told).toContain(JSON.stringify(seconds).slice(1, -1));
});

test('a frozen venue freezes the market wherever it is traded, and a hand moves it everywhere', async () => {
  const { venues } = await open({ BALLAST_SIMULATOR_VENUES: ['alpaca', 'ibkr', 'finnhub'] });
  const all = ['alpaca', 'ibkr', 'finnhub'] as const;
  const ticks = () => all.map((name) => venues.get(name)?.venue.markets.get('AAPL')?.lastTick);
  const ibkr = venues.get('ibkr')?.venue;
  const market = ibkr?.markets.get('AAPL');
  if (ibkr === undefined || market === undefined) throw new Error('ibkr is not open');
  ibkr.frozen = true;
  moveMarket(ibkr, market, 30_000, Date.now());
  const [first, ...others] = ticks();
  expect(first?.priceTicks).toBe(30_000);
  expect(others).toEqual([first, first]);
  const sequences = all.map((name) => venues.get(name)?.venue.markets.get('AAPL')?.sequence);
  expect(new Set(sequences).size).toBe(1);
});
