import { createHmac } from 'node:crypto';
import { WebsocketAPIClient } from 'bybit-api';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { control, KEY, open, restClient, SECRET, subscribe } from './simulator.fixture.ts';

const WAIT = { timeout: 5_000, interval: 20 };

const market = {
  category: 'linear',
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Market',
  qty: '0.1',
} as const;

test('public: trades, a ticker snapshot with deltas, klines and a book', async () => {
  const { urls } = await open();
  const topics = [
    'publicTrade.BTCUSDT',
    'tickers.BTCUSDT',
    'kline.1.BTCUSDT',
    'orderbook.1.BTCUSDT',
  ];
  const { frames } = await subscribe(urls.publicWs, topics);
  await vi.waitFor(() => {
    const seen = new Set(frames.map(({ topic, type }) => `${topic} ${type}`));
    expect(seen).toEqual(
      new Set([
        'publicTrade.BTCUSDT snapshot',
        'tickers.BTCUSDT snapshot',
        'tickers.BTCUSDT delta',
        'kline.1.BTCUSDT snapshot',
        'orderbook.1.BTCUSDT snapshot',
      ]),
    );
  }, WAIT);
  const tickers = frames.filter(({ topic }) => topic === 'tickers.BTCUSDT');
  expect(tickers[0]?.type).toBe('snapshot');
  const trades = frames.filter(({ topic }) => topic === 'publicTrade.BTCUSDT');
  const [print]: unknown[] = Array.isArray(trades[0]?.data) ? trades[0].data : [];
  const digits: unknown = expect.stringMatching(/^\d+(\.\d+)?$/);
  expect(print).toMatchObject({ s: 'BTCUSDT', v: digits, p: digits, T: expect.any(Number) });
});

test('public: an unknown topic is refused by name and counted', async () => {
  const { urls, counts } = await open();
  const { problems } = await subscribe(urls.publicWs, ['publicTrade.NOSUCH']);
  expect(problems[0]).toMatchObject({ success: false, ret_msg: expect.stringContaining('NOSUCH') });
  expect(counts).toContain('public unknownTopic');
});

test('private: execution, order, position and wallet of an order arrive', async () => {
  const { urls } = await open();
  const { frames } = await subscribe(urls.privateWs, ['order', 'execution', 'position', 'wallet']);
  await restClient(urls.rest).submitOrder({ ...market, orderLinkId: 'streamed' });
  await vi.waitFor(() => {
    expect(frames.map(({ topic }) => topic)).toEqual(['execution', 'order', 'position', 'wallet']);
  }, WAIT);
  expect(frames[0]?.data).toMatchObject([{ orderLinkId: 'streamed', execQty: '0.1' }]);
  expect(frames[1]?.data).toMatchObject([{ orderLinkId: 'streamed', orderStatus: 'Filled' }]);
  expect(frames[2]?.data).toMatchObject([{ symbol: 'BTCUSDT', side: 'Buy', size: '0.1' }]);
  expect(frames[3]?.data).toMatchObject([{ accountType: 'UNIFIED' }]);
});

test('trade socket: create, amend and cancel get their ack, refusals their code', async () => {
  const { urls, venue } = await open();
  const logger = { trace: () => undefined, info: () => undefined, error: () => undefined };
  const options = {
    market: 'v5',
    key: KEY,
    secret: SECRET,
    wsUrl: urls.tradeWs,
    attachEventListeners: false,
  } as const;
  const client = new WebsocketAPIClient(options, logger);
  onTestFinished(() => client.getWSClient().closeAll(true));
  client.getWSClient().on('exception', () => undefined);
  const limit = {
    ...market,
    orderType: 'Limit',
    price: '80000',
    orderLinkId: 'by-socket',
  } as const;
  const created = await client.submitNewOrder(limit);
  expect(created).toMatchObject({ retCode: 0, data: { orderLinkId: 'by-socket' } });
  const reference = { category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'by-socket' } as const;
  expect(await client.amendOrder({ ...reference, price: '80001' })).toMatchObject({ retCode: 0 });
  expect(await client.cancelOrder(reference)).toMatchObject({ retCode: 0 });
  await expect(client.submitNewOrder(limit)).rejects.toMatchObject({ retCode: 110_072 });
  expect(venue.account.open.size).toBe(0);
});

test('trade socket: the same faults as over REST', async () => {
  const { urls, venue } = await open();
  const { socket, received } = await raw(urls.tradeWs);
  const expires = Date.now() + 5_000;
  const signature = createHmac('sha256', SECRET).update(`GET/realtime${expires}`).digest('hex');
  socket.send(JSON.stringify({ op: 'auth', args: [KEY, expires, signature] }));
  const create = (reqId: string): void => {
    const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) };
    const args = [{ ...market, orderLinkId: reqId }];
    socket.send(JSON.stringify({ reqId, header, op: 'order.create', args }));
  };
  await control(urls.rest, { fault: 'serverError', on: 'submit', variant: 'executed' });
  await control(urls.rest, { fault: 'tokenExpired', on: 'submit' });
  await control(urls.rest, { fault: 'lateAck', ms: 50 });
  for (const reqId of ['a', 'b', 'c']) create(reqId);
  await vi.waitFor(() => {
    const codes = [0, 10_016, 33_004, 0];
    expect(received).toMatchObject(codes.map((retCode) => ({ retCode })));
  }, WAIT);
  expect([...venue.account.linkIds]).toEqual(['a', 'c']);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await control(urls.rest, { fault: 'lostAckExecuted' });
  create('d');
  await closed;
  expect(venue.account.linkIds.has('d')).toBe(true);
  expect(received).toHaveLength(4);
});

/** A bare socket and the frames that it got. */
async function raw(url: string): Promise<{ socket: WebSocket; received: unknown[] }> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  onTestFinished(() => socket.terminate());
  const received: unknown[] = [];
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString())));
  await new Promise((resolve) => socket.once('open', resolve));
  return { socket, received };
}

test('trade socket: repeated reqId, missing login and old timestamp are refused', async () => {
  const { urls } = await open();
  const { socket, received } = await raw(urls.tradeWs);
  const create = (reqId: string, timestamp: number): string => {
    const header = { 'X-BAPI-TIMESTAMP': String(timestamp), 'X-BAPI-RECV-WINDOW': '5000' };
    return JSON.stringify({ reqId, header, op: 'order.create', args: [market] });
  };
  socket.send(create('a', Date.now()));
  await vi.waitFor(() => expect(received).toMatchObject([{ retCode: 10_003 }]), WAIT);
  const expires = Date.now() + 5_000;
  const signature = createHmac('sha256', SECRET).update(`GET/realtime${expires}`).digest('hex');
  socket.send(JSON.stringify({ op: 'auth', args: [KEY, expires, signature] }));
  socket.send(create('b', Date.now()));
  socket.send(create('b', Date.now()));
  socket.send(create('c', Date.now() - 6_000));
  await vi.waitFor(() => {
    expect(received.slice(1)).toMatchObject([0, 0, 20_006, 10_002].map((retCode) => ({ retCode })));
  }, WAIT);
  for (const op of ['valueOf', 'constructor']) {
    socket.send(create(op, Date.now()).replace('order.create', op));
  }
  await vi.waitFor(() => {
    expect(received.slice(5)).toMatchObject([{ retCode: 10_404 }, { retCode: 10_404 }]);
  }, WAIT);
});

test('malformed and oversized frames get an error, are counted, the venue goes on', async () => {
  const { urls, counts, failures } = await open();
  for (const url of [urls.publicWs, urls.privateWs, urls.tradeWs]) {
    const { socket, received } = await raw(url);
    socket.send('{"op":"subscribe","args":[');
    socket.send(`{"op":"${'x'.repeat(70_000)}"}`);
    socket.send('[1,2,3]');
    await vi.waitFor(() => expect(received).toHaveLength(3), WAIT);
    expect(JSON.stringify(received[0])).toContain('FRAME_MALFORMED');
    expect(JSON.stringify(received[1])).toContain('FRAME_TOO_LARGE');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send('x'.repeat(2 * 1024 * 1024));
    expect(await closed).toBe(1009);
  }
  expect(counts.filter((count) => count === 'socket FRAME_MALFORMED')).toHaveLength(6);
  expect(counts.filter((count) => count === 'socket connectionError')).toHaveLength(3);
  expect(failures).toEqual([]);
  expect((await restClient(urls.rest).getServerTime()).retCode).toBe(0);
});

test('private: a subscription without login is refused, a wrong login fails', async () => {
  const { urls, counts } = await open();
  const { socket, received } = await raw(urls.privateWs);
  socket.send(JSON.stringify({ op: 'subscribe', args: ['order'] }));
  socket.send(JSON.stringify({ op: 'auth', args: [KEY, Date.now() + 5_000, 'ff'.repeat(32)] }));
  socket.send(JSON.stringify({ op: 'ping' }));
  await vi.waitFor(() => expect(received).toHaveLength(3), WAIT);
  expect(received).toMatchObject([
    { success: false },
    { success: false, op: 'auth' },
    { op: 'pong' },
  ]);
  expect(counts).toEqual(['private notAuthenticated', 'private 10004']);
});

test('a broken private stream comes back by itself, and muted streams are silent', async () => {
  const { urls } = await open();
  const { client, frames } = await subscribe(urls.privateWs, ['order']);
  let answers = 0;
  client.on('response', () => (answers += 1));
  await control(urls.rest, { action: 'dropPrivateStream' });
  await vi.waitFor(() => expect(answers).toBeGreaterThan(0), WAIT);
  const rest = restClient(urls.rest);
  await control(urls.rest, { fault: 'silentSocket', ms: 60_000 });
  await rest.submitOrder({ ...market, orderLinkId: 'unheard' });
  await control(urls.rest, { clear: 'silentSocket' });
  await rest.submitOrder({ ...market, orderLinkId: 'heard' });
  await vi.waitFor(() => expect(frames).toHaveLength(1), WAIT);
  expect(frames[0]?.data).toMatchObject([{ orderLinkId: 'heard' }]);
});
