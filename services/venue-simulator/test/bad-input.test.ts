import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { KEY, open, restClient, SECRET } from './simulator.fixture.ts';

/** Another run each time; a failure names it. */
const SEED = Math.floor(Math.random() * 2 ** 31);
const WAIT = { timeout: 10_000, interval: 20 };

/** JSON that no client means, often with the names that the venue looks at. */
const value = fc.oneof(fc.jsonValue(), fc.constant({ toString: 1, valueOf: 1 }));
const operation = fc.oneof(
  value,
  fc.constantFrom('auth', 'subscribe', 'unsubscribe', 'ping', 'order.create', 'order.cancel'),
);
const fields = [
  'category',
  'symbol',
  'side',
  'orderType',
  'qty',
  'price',
  'orderId',
  'orderLinkId',
];
const body = fc.dictionary(
  fc.constantFrom(...fields, 'triggerPrice', 'triggerDirection', 'reduceOnly', 'settleCoin'),
  fc.oneof(
    value,
    fc.constantFrom('linear', 'BTCUSDT', '../x', 'Buy', 'Market', 'Limit', '-0', '1'),
  ),
);
const frame = fc.record({
  op: operation,
  args: fc.oneof(value, fc.array(value), fc.tuple(body)),
  req_id: value,
  reqId: value,
  header: value,
});

const socketAuth = (): string => {
  const expires = Date.now() + 10_000;
  const signature = createHmac('sha256', SECRET).update(`GET/realtime${expires}`).digest('hex');
  return JSON.stringify({ op: 'auth', args: [KEY, expires, signature] });
};

test('no frame on any socket stops the venue, before and after a login', async () => {
  const { urls, failures } = await open();
  for (const url of [urls.publicWs, urls.privateWs, urls.tradeWs]) {
    const socket = new WebSocket(url);
    onTestFinished(() => socket.terminate());
    let replies = 0;
    socket.on('message', () => (replies += 1));
    await new Promise((resolve) => socket.once('open', resolve));
    const frames = fc
      .sample(frame, { numRuns: 300, seed: SEED })
      .map((given) => JSON.stringify(given));
    for (const [index, text] of frames.entries()) {
      if (index === 100 && url !== urls.publicWs) socket.send(socketAuth());
      socket.send(text);
    }
    socket.send('{"op":"ping"}');
    await vi.waitFor(() => expect(replies, `seed ${SEED}`).toBeGreaterThan(frames.length), WAIT);
  }
  expect(failures).toEqual([]);
});

test('no signed request stops the venue, and none that is refused leaves an order', async () => {
  const { urls, failures, venue } = await open();
  const paths = ['create', 'amend', 'cancel', 'cancel-all'].map((name) => `/v5/order/${name}`);
  const given = fc.sample(fc.tuple(fc.constantFrom(...paths), fc.oneof(body, value)), {
    numRuns: 150,
    seed: SEED,
  });
  for (const [path, sent] of given) {
    const text = JSON.stringify(sent);
    const timestamp = Date.now();
    const signed = `${timestamp}${KEY}5000${text}`;
    const response = await fetch(`${urls.rest}${path}`, {
      method: 'POST',
      body: text,
      headers: {
        'Content-Type': 'application/json',
        'X-BAPI-API-KEY': KEY,
        'X-BAPI-TIMESTAMP': String(timestamp),
        'X-BAPI-RECV-WINDOW': '5000',
        'X-BAPI-SIGN': createHmac('sha256', SECRET).update(signed).digest('hex'),
      },
    });
    expect(response.status, `seed ${SEED}: ${text}`).toBe(200);
  }
  expect(failures).toEqual([]);
  for (const order of venue.account.open.values()) expect(order.quantity > 0n).toBe(true);
  expect((await restClient(urls.rest).getServerTime()).retCode).toBe(0);
});

test('a body that is too long, broken or missing, and an unknown path, are told apart', async () => {
  const { urls, counts, failures } = await open();
  const post = async (path: string, text: string): Promise<number> =>
    (await fetch(`${urls.rest}${path}`, { method: 'POST', body: text })).status;
  expect(await post('/v5/order/create', 'x'.repeat(100_000))).toBe(413);
  expect(await post('/v5/order/create', '{"category":')).toBe(200);
  expect(await post('/v5/order/nothing', '{}')).toBe(404);
  expect(await post('/control/price', '{"symbol":"BTCUSDT","price":"-1"}')).toBe(400);
  expect(await post('/control', '{"fault":"unheard of"}')).toBe(400);
  expect(counts).toEqual([
    'rest requestError',
    'rest 10003',
    'rest unknownRoute',
    'rest requestError',
  ]);
  expect(failures).toEqual([]);
});
