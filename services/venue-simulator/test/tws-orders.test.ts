import { EventName, OrderType, TimeInForce } from '@stoqey/ib';
import { expect, test, vi } from 'vitest';
import { encodeFrame } from '../src/tws/frame.ts';
import { started } from './tws-raw.fixture.ts';
import {
  AAPL,
  connect,
  errorsOf,
  executionsOf,
  limit,
  openTws,
  statusesOf,
  stop,
} from './tws.fixture.ts';

test('an order is taken, filled, and told as execution, order and commission', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 10, 200.5, { orderRef: 'ref-1' }));
  await vi.waitFor(() => expect(client.named(EventName.commissionReport)).toHaveLength(1));
  expect(statusesOf(client, 1)).toEqual(['PreSubmitted 0', 'Submitted 0', 'Filled 10']);
  const names = client.heard.map(({ name }) => name);
  const [executed, filled, commission] = [
    names.indexOf(EventName.execDetails),
    names.lastIndexOf(EventName.openOrder),
    names.indexOf(EventName.commissionReport),
  ];
  expect(executed).toBeLessThan(filled);
  expect(filled).toBeLessThan(commission);
  const [execution] = executionsOf(client);
  expect(execution).toMatchObject({
    execId: expect.stringMatching(/\.01$/),
    side: 'BOT',
    shares: 10,
    price: 200,
    cumQty: 10,
    orderRef: 'ref-1',
    orderId: 1,
    clientId: 7,
    permId: expect.any(Number),
  });
  expect(client.named(EventName.commissionReport)[0]?.[0]).toMatchObject({
    execId: execution?.execId,
    commission: 1.1,
    currency: 'USD',
  });
  expect(errorsOf(client)).toEqual([]);
  expect(tws.failures).toEqual([]);
});

test('transitions are told more than once', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 10, 190));
  await vi.waitFor(() => expect(statusesOf(client, 1)).toContain('Submitted 0'));
  const told = client.named(EventName.orderStatus).filter(([, status]) => status === 'Submitted');
  expect(told).toHaveLength(2);
});

test('the same id changes a live order, and changes nothing when it asks for the same', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 10, 190));
  client.api.placeOrder(1, AAPL, limit('BUY', 10, 190));
  client.api.placeOrder(1, AAPL, limit('BUY', 12, 191));
  client.api.reqOpenOrders();
  await vi.waitFor(() => expect(client.named(EventName.openOrderEnd)).toHaveLength(1));
  expect([...tws.venue.account.open.values()]).toMatchObject([{ quantity: 12n * 10n ** 18n }]);
  expect(client.named(EventName.openOrder).at(-1)?.[2]).toMatchObject({
    totalQuantity: 12,
    lmtPrice: 191,
  });
  client.api.placeOrder(1, AAPL, limit('SELL', 12, 191));
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['1 105']));
});

test('an id is never used twice: 104 after a fill, 103 after any other end or below the last', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(5, AAPL, limit('BUY', 1, 201));
  client.api.placeOrder(6, AAPL, limit('BUY', 1, 190));
  client.api.cancelOrder(6, {});
  await vi.waitFor(() => expect(statusesOf(client, 6)).toContain('Cancelled 0'));
  await vi.waitFor(() => expect(statusesOf(client, 5)).toContain('Filled 1'));
  for (const id of [5, 6, 4]) client.api.placeOrder(id, AAPL, limit('BUY', 1, 190));
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['6 202', '5 104', '6 103', '4 103']));
  expect(tws.venue.account.open.size).toBe(0);
});

test('cancels: done, unknown, and too late', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 190));
  client.api.placeOrder(2, AAPL, limit('BUY', 1, 201));
  for (const id of [1, 2, 3]) client.api.cancelOrder(id, {});
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['1 202', '2 10148', '3 10147']));
  expect(statusesOf(client, 1).at(-1)).toBe('Cancelled 0');
});

test('a global cancel ends the orders of all clients, and each is told of its own', async () => {
  const tws = await openTws();
  const [mine, other] = [await connect(tws.port, 1), await connect(tws.port, 2)];
  mine.api.placeOrder(1, AAPL, limit('BUY', 1, 190));
  other.api.placeOrder(1, AAPL, limit('BUY', 2, 190));
  await vi.waitFor(() => expect(tws.venue.account.open.size).toBe(2));
  mine.api.reqGlobalCancel({});
  await vi.waitFor(() => {
    expect(statusesOf(mine, 1).at(-1)).toBe('Cancelled 0');
    expect(statusesOf(other, 1).at(-1)).toBe('Cancelled 0');
  });
  expect(tws.venue.account.open.size).toBe(0);
});

test('a stop waits for its price; one that the market has reached trades at once', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, stop('SELL', 5, 199.9));
  await vi.waitFor(() => expect(statusesOf(client, 1)).toEqual(['PreSubmitted 0']));
  expect(client.named(EventName.orderStatus).at(-1)?.[9]).toBe('trigger');
  tws.move(19_990);
  await vi.waitFor(() => expect(statusesOf(client, 1).at(-1)).toBe('Filled 5'));
  client.api.placeOrder(2, AAPL, stop('SELL', 3, 250));
  await vi.waitFor(() => expect(statusesOf(client, 2).at(-1)).toBe('Filled 3'));
});

test('a sell beyond the position opens a short', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('SELL', 5, 199));
  await vi.waitFor(() => expect(statusesOf(client, 1)).toContain('Filled 5'));
  client.api.reqPositions();
  await vi.waitFor(() => expect(client.named(EventName.positionEnd)).toHaveLength(1));
  expect(client.named(EventName.position)[0]).toMatchObject([
    'DU1234567',
    { symbol: 'AAPL' },
    -5,
    199.99,
  ]);
});

test('fill or kill, and immediate or cancel', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 600, 200, { tif: TimeInForce.FOK }));
  client.api.placeOrder(2, AAPL, limit('BUY', 600, 200, { tif: TimeInForce.IOC }));
  await vi.waitFor(() => {
    expect(statusesOf(client, 1).at(-1)).toBe('Cancelled 0');
    expect(statusesOf(client, 2).at(-1)).toBe('Cancelled 500');
  });
});

test.each([
  ['an unknown stock', { ...AAPL, symbol: 'NOPE' }, limit('BUY', 1, 190), 200],
  ['a price off the tick', AAPL, limit('BUY', 1, 190.005), 110],
  ['a part of a share', AAPL, limit('BUY', 1.5, 190), 10_243],
  ['more than there is money for', AAPL, limit('BUY', 50_000, 190), 201],
  ['a trailing stop', AAPL, { ...limit('BUY', 1, 190), orderType: OrderType.TRAIL }, 387],
  ['a price that is missing', AAPL, { ...limit('BUY', 1, 190), lmtPrice: 0 }, 321],
  ['another account', AAPL, limit('BUY', 1, 190, { account: 'DU9' }), 321],
  ['a parent that nobody knows', AAPL, limit('BUY', 1, 190, { parentId: 99 }), 135],
  ['a what-if', AAPL, limit('BUY', 1, 190, { whatIf: true }), 321],
])('refused under its id: %s', async (_what, contract, order, code) => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, contract, order);
  await vi.waitFor(() => expect(errorsOf(client)).toEqual([`1 ${code}`]));
  expect(tws.venue.account.open.size).toBe(0);
  expect(tws.failures).toEqual([]);
});

test('while the market is closed an order waits with a warning, and goes out at the opening', async () => {
  let isOpen = false;
  const tws = await openTws({ isOpen: () => isOpen });
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 201));
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['1 399']));
  expect(statusesOf(client, 1)).toEqual(['PreSubmitted 0']);
  tws.move(20_010);
  expect(tws.venue.executions).toHaveLength(0);
  isOpen = true;
  tws.move(20_000);
  await vi.waitFor(() => expect(statusesOf(client, 1)).toContain('Filled 1'));
});

test('day orders end with the day, others stay', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 190, { tif: TimeInForce.DAY }));
  client.api.placeOrder(2, AAPL, limit('BUY', 1, 190));
  await vi.waitFor(() => expect(tws.venue.account.open.size).toBe(2));
  tws.frontEnd.endDay();
  await vi.waitFor(() => expect(statusesOf(client, 1).at(-1)).toBe('Cancelled 0'));
  expect(tws.venue.account.open.size).toBe(1);
});

test('what is told late of an order that has ended does not open it again', async () => {
  const tws = await openTws();
  const { socket, frames } = await started(tws.port);
  const order = new Map<number, string | number>([
    ...([
      [0, 3],
      [1, 1],
      [3, 'AAPL'],
      [4, 'STK'],
    ] as const),
    ...([
      [16, 'BUY'],
      [17, 600],
      [18, 'LMT'],
      [19, 200],
      [21, 'GTC'],
      [27, 1],
    ] as const),
  ]);
  const place = Array.from({ length: 118 }, (_none, index) => order.get(index) ?? '');
  // In one piece: the cancel is there before anything of the fill is told.
  socket.write(Buffer.concat([encodeFrame(place), encodeFrame([4, 1, '', '', ''])]));
  await vi.waitFor(() => expect(frames.map(([id]) => id)).toContain('59'));
  const told = frames.filter(([id]) => id === '3').map((fields) => fields.slice(2, 4).join(' '));
  expect(told).toContain('Cancelled 500');
  frames.length = 0;
  socket.write(encodeFrame([5, 1]));
  await vi.waitFor(() => expect(frames.map(([id]) => id)).toEqual(['53']));
});
