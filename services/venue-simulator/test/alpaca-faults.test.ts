import { streaming } from '@alpacahq/alpaca-trade-api';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { clientsOf, KEY, openAlpaca, type OpenedAlpaca, order, SECRET } from './alpaca.fixture.ts';

type Told = Readonly<{ event: string; [name: string]: unknown }>;
const credentials = { keyId: KEY, secret: SECRET };

/** The SDK's stream; its updates are read as they came, since its models lose some fields. */
class Stream extends streaming.TradingStream {
  readonly told: Told[] = [];
  listens = false;

  protected override handleMessage(message: unknown): void {
    super.handleMessage(message);
    const frame = message as { stream?: string; data: Told };
    if (frame.stream === 'listening') this.listens = true;
    if (frame.stream === 'trade_updates') this.told.push(frame.data);
  }

  events(): string[] {
    return this.told.map(({ event }) => event);
  }
}

async function listen({ urls }: OpenedAlpaca): Promise<Stream> {
  const stream = new Stream({ credentials, url: urls.streamUrl, reconnect: false });
  stream.subscribeTradeUpdates();
  stream.connect();
  onTestFinished(() => stream.disconnect());
  await expect.poll(() => stream.listens).toBe(true);
  return stream;
}

test('each step of an order is told, in order, with the account’s position', async () => {
  const alpaca = await openAlpaca();
  const stream = await listen(alpaca);
  const { orders } = clientsOf(alpaca);
  await orders.postOrder(order('buy', 600, '200.01', { clientOrderId: 'a' }));
  await expect.poll(() => stream.events()).toEqual(['new', 'partial_fill', 'fill']);
  expect(stream.told[2]).toMatchObject({
    qty: '100',
    price: '200.01',
    position_qty: '600',
    order: { client_order_id: 'a', status: 'filled', filled_qty: '600' },
  });
  const old = await orders.postOrder(order('buy', 1, '190'));
  const patchOrderRequest = { limitPrice: '191' };
  const fresh = await orders.patchOrderByOrderId({ orderId: String(old.id), patchOrderRequest });
  await orders.deleteOrderByOrderID({ orderId: String(fresh.id) });
  const last = ['new', 'replaced', 'new', 'canceled'];
  await expect.poll(() => stream.events().slice(3)).toEqual(last);
});

test.for(['broken', 'never'] as const)('an answer %s: carried out all the same', async (answer) => {
  const alpaca = await openAlpaca();
  const { orders } = clientsOf(alpaca);
  alpaca.faults.requests.push({ answer });
  const lost = orders.postOrder(order('buy', 1, '190', { clientOrderId: 'a' }));
  await expect(lost).rejects.not.toHaveProperty('status');
  expect(await orders.getOrderByClientOrderId({ clientOrderId: 'a' })).toMatchObject({
    status: 'new',
  });
  alpaca.faults.requests.push({ answer, carriedOut: false });
  const never = orders.postOrder(order('buy', 1, '190', { clientOrderId: 'b' }));
  await expect(never).rejects.not.toHaveProperty('status');
  const absent = orders.getOrderByClientOrderId({ clientOrderId: 'b' });
  await expect(absent).rejects.toHaveProperty('status', 404);
});

test.for([
  ['rateLimit', 429],
  ['serverError', 500],
  ['tokenExpired', 401],
  ['clockSkew', 401],
] as const)('refused by %s: status %i', async ([refusal, status]) => {
  const alpaca = await openAlpaca();
  const { orders } = clientsOf(alpaca);
  alpaca.faults.requests.push({ refusal, carriedOut: false });
  const refused = orders.postOrder(order('buy', 1, '190', { clientOrderId: 'a' }));
  await expect(refused).rejects.toHaveProperty('status', status);
  expect(alpaca.venue.account.open.size).toBe(0);
});

test('a server error after all was carried out', async () => {
  const alpaca = await openAlpaca();
  alpaca.faults.requests.push({ refusal: 'serverError', carriedOut: true });
  const refused = clientsOf(alpaca).orders.postOrder(order('buy', 1, '190'));
  await expect(refused).rejects.toHaveProperty('status', 500);
  expect(alpaca.venue.account.open.size).toBe(1);
});

test.for([{ pushFirst: true }, { answerAfterMs: 40 }])(
  'the stream is ahead of the answer: %j',
  async (fate) => {
    const alpaca = await openAlpaca();
    const stream = await listen(alpaca);
    alpaca.faults.requests.push(fate);
    const answer = await clientsOf(alpaca).orders.postOrder(order('buy', 1));
    expect(stream.events()).toEqual(['new', 'fill']);
    expect(answer.status).toBe('accepted');
  },
);

test('taken, and rejected later', async () => {
  const alpaca = await openAlpaca();
  const stream = await listen(alpaca);
  const { orders } = clientsOf(alpaca);
  alpaca.faults.requests.push({ rejectedLater: true });
  const taken = await orders.postOrder(order('buy', 1, undefined, { clientOrderId: 'a' }));
  expect(taken.status).toBe('accepted');
  await expect.poll(() => stream.events()).toEqual(['new', 'rejected']);
  const found = await orders.getOrderByClientOrderId({ clientOrderId: 'a' });
  expect(found.status).toBe('rejected');
  const again = orders.postOrder(order('buy', 1, undefined, { clientOrderId: 'a' }));
  await expect(again).rejects.toHaveProperty('status', 422);
  expect(alpaca.venue.executions).toEqual([]);
});

test('a cancel that comes as the order fills', async () => {
  const alpaca = await openAlpaca();
  const { orders } = clientsOf(alpaca);
  const { id } = await orders.postOrder(order('buy', 5, '199.50'));
  alpaca.faults.requests.push({ fillsFirst: true });
  const late = orders.deleteOrderByOrderID({ orderId: String(id) });
  await expect(late).rejects.toHaveProperty('status', 422);
  const found = await orders.getOrderByOrderID({ orderId: String(id) });
  expect(found).toMatchObject({ status: 'filled', filledQty: '5' });
});

test('messages are dropped, doubled, late and out of order', async () => {
  const alpaca = await openAlpaca();
  const stream = await listen(alpaca);
  const { orders } = clientsOf(alpaca);
  alpaca.faults.pushes.push({ copies: 0 }, { copies: 2 });
  await orders.postOrder(order('buy', 1));
  await expect.poll(() => stream.events()).toEqual(['fill', 'fill']);
  alpaca.faults.pushes.push({ afterNext: true });
  await orders.postOrder(order('buy', 1));
  await expect.poll(() => stream.events().slice(2)).toEqual(['fill', 'new']);
  alpaca.faults.pushes.push({ delayMs: 30 });
  await orders.postOrder(order('buy', 1));
  await expect.poll(() => stream.events().slice(4)).toEqual(['fill', 'new']);
});

test('the connection breaks after one message of several', async () => {
  const alpaca = await openAlpaca();
  const stream = await listen(alpaca);
  let isDown = false;
  stream.onDisconnect(() => (isDown = true));
  alpaca.faults.pushes.push({ thenBreak: true });
  await clientsOf(alpaca).orders.postOrder(order('buy', 1));
  await expect.poll(() => isDown).toBe(true);
  expect(stream.events()).not.toContain('fill');
});

test.for([
  ['price', 'trade_correct', '200.01', '5', ['5']],
  ['bust', 'trade_bust', '200', '0', []],
] as const)('a correction of the %s', async ([corrected, event, price, qty, held]) => {
  const alpaca = await openAlpaca();
  const stream = await listen(alpaca);
  const { orders, positions } = clientsOf(alpaca);
  alpaca.faults.pushes.push({}, { corrected });
  await orders.postOrder(order('buy', 5));
  await expect.poll(() => stream.events()).toEqual(['new', 'fill', event]);
  const [, fill, correction] = stream.told;
  const about = { previous_execution_id: fill?.['execution_id'] };
  expect(correction).toMatchObject({ ...about, price, qty, position_qty: qty });
  const told = await positions.getAllOpenPositions();
  expect(told.map((position) => position.qty)).toEqual(held);
});

test('a listing that is behind shows orders and positions as they were', async () => {
  let at = 1_000_000;
  const alpaca = await openAlpaca({ now: () => at });
  const stream = await listen(alpaca);
  const { orders, positions } = clientsOf(alpaca);
  await orders.postOrder(order('buy', 1, '190'));
  await expect.poll(() => stream.events()).toEqual(['new']);
  at += 10_000;
  await orders.deleteAllOrders();
  await orders.postOrder(order('buy', 3));
  await expect.poll(() => stream.events()).toHaveLength(4);
  alpaca.faults.ageMs = 5_000;
  const then = await orders.getAllOrders({ status: 'open' });
  expect(then.map(({ qty }) => qty)).toEqual(['1']);
  expect(await positions.getAllOpenPositions()).toEqual([]);
  alpaca.faults.ageMs = 0;
  expect(await orders.getAllOrders({ status: 'open' })).toEqual([]);
  expect(await positions.getAllOpenPositions()).toMatchObject([{ qty: '3' }]);
});

test('silent sockets answer pings and nothing else; half-open ones not even these', async () => {
  const alpaca = await openAlpaca();
  const stream = await listen(alpaca);
  const socket = new WebSocket(alpaca.urls.streamUrl);
  onTestFinished(() => socket.terminate());
  let pongs = 0;
  socket.on('pong', () => (pongs += 1));
  await expect.poll(() => socket.readyState).toBe(WebSocket.OPEN);
  alpaca.faults.socketState = 'silent';
  await clientsOf(alpaca).orders.postOrder(order('buy', 1));
  socket.ping();
  await expect.poll(() => pongs).toBe(1);
  alpaca.faults.socketState = 'halfOpen';
  socket.ping();
  await clientsOf(alpaca).orders.postOrder(order('buy', 1));
  alpaca.faults.socketState = 'open';
  socket.ping();
  await expect.poll(() => pongs).toBe(2);
  expect(stream.events()).toEqual([]);
});

test('away, and the state lost: nobody is told, and client ids stay taken', async () => {
  const alpaca = await openAlpaca();
  const stream = await listen(alpaca);
  const { orders } = clientsOf(alpaca);
  await orders.postOrder(order('buy', 1, '190', { clientOrderId: 'a' }));
  await expect.poll(() => stream.events()).toEqual(['new']);
  const back = alpaca.frontEnd.restart({ ms: 60, rollBackIds: false });
  alpaca.frontEnd.loseState();
  await expect(orders.deleteAllOrders()).rejects.not.toHaveProperty('status');
  await back;
  const gone = orders.getOrderByClientOrderId({ clientOrderId: 'a' });
  await expect(gone).rejects.toHaveProperty('status', 404);
  const again = orders.postOrder(order('buy', 1, '190', { clientOrderId: 'a' }));
  await expect(again).rejects.toHaveProperty('status', 422);
  expect(stream.events()).toEqual(['new']);
});

test('streams refuse wrong keys, listening before the login, and what is no message', async () => {
  const alpaca = await openAlpaca();
  const socket = new WebSocket(alpaca.urls.streamUrl);
  onTestFinished(() => socket.terminate());
  const said: unknown[] = [];
  socket.on('message', (data: Buffer) => said.push(JSON.parse(data.toString())));
  await expect.poll(() => socket.readyState).toBe(WebSocket.OPEN);
  socket.send('{');
  socket.send(JSON.stringify({ action: 'listen', data: { streams: ['trade_updates'] } }));
  const data = { key_id: KEY, secret_key: 'wrong' };
  socket.send(JSON.stringify({ action: 'authenticate', data }));
  await expect.poll(() => said).toHaveLength(3);
  expect(said).toMatchObject([
    { data: { error_message: 'invalid syntax' } },
    { data: { error_message: 'not authenticated' } },
    { stream: 'authorization', data: { status: 'unauthorized' } },
  ]);
  expect(alpaca.failures).toEqual([]);
});

test('the data stream brings trades and quotes to the SDK', async () => {
  const alpaca = await openAlpaca();
  const stream = new streaming.StockDataStream({ credentials, url: alpaca.urls.dataUrl });
  const [trades, quotes] = [new Array<unknown>(), new Array<unknown>()];
  stream.onTrade((trade) => trades.push(trade));
  stream.onQuote((quote) => quotes.push(quote));
  let isOpen = false;
  stream.onConnect(() => {
    isOpen = true;
    stream.subscribeForTrades(['AAPL']);
    stream.subscribeForQuotes(['AAPL']);
  });
  stream.connect();
  onTestFinished(() => stream.disconnect());
  await expect.poll(() => isOpen).toBe(true);
  await expect
    .poll(() => {
      alpaca.move(20_001 + (trades.length % 2));
      return quotes.length;
    })
    .toBeGreaterThan(0);
  expect(trades[0]).toMatchObject({ symbol: 'AAPL', size: 100 });
});
