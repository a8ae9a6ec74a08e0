import { EventName } from '@stoqey/ib';
import { expect, test, vi } from 'vitest';
import {
  AAPL,
  clientOf,
  connect,
  errorsOf,
  executionsOf,
  limit,
  next,
  openTws,
  statusesOf,
} from './tws.fixture.ts';

test('a start tells accounts, the next id, and that the farms are there', async () => {
  const tws = await openTws({ account: 'DU42' });
  const client = await connect(tws.port);
  await vi.waitFor(() => expect(client.named(EventName.info)).toHaveLength(2));
  expect(client.api.serverVersion).toBe(193);
  expect(client.named(EventName.managedAccounts)).toEqual([['DU42']]);
  expect(client.named(EventName.nextValidId)).toEqual([[1]]);
  expect(client.named(EventName.info).map(([, code]) => code)).toEqual([2104, 2158]);
});

test('a client id that is in use is refused, and free again after a break', async () => {
  const tws = await openTws();
  const first = await connect(tws.port, 3);
  const second = clientOf(tws.port, 3);
  second.api.connect();
  await vi.waitFor(() => expect(second.named(EventName.disconnected)).not.toHaveLength(0));
  expect(second.named(EventName.info).map(([, code]) => code)).toEqual([326]);
  expect(second.named(EventName.nextValidId)).toEqual([]);
  const gone = next(first, EventName.disconnected);
  tws.frontEnd.breakConnections();
  await gone;
  await connect(tws.port, 3);
});

test('ids go on from where each client was, over connections', async () => {
  const tws = await openTws();
  const first = await connect(tws.port, 3);
  first.api.placeOrder(41, AAPL, limit('BUY', 1, 190));
  await vi.waitFor(() => expect(statusesOf(first, 41)).toContain('Submitted 0'));
  tws.frontEnd.breakConnections();
  const [again, other] = [await connect(tws.port, 3), await connect(tws.port, 4)];
  expect(again.named(EventName.nextValidId)).toEqual([[42]]);
  expect(other.named(EventName.nextValidId)).toEqual([[1]]);
});

test('what happened while nobody listened is in the listings, and is not pushed later', async () => {
  const tws = await openTws();
  const first = await connect(tws.port, 3);
  first.api.placeOrder(1, AAPL, limit('BUY', 1, 199.5, { orderRef: 'alone' }));
  await vi.waitFor(() => expect(statusesOf(first, 1)).toContain('Submitted 0'));
  tws.frontEnd.breakConnections();
  tws.move(19_950);
  await vi.waitFor(() => expect(tws.venue.executions).toHaveLength(1));
  const again = await connect(tws.port, 3);
  again.api.reqExecutions(1, {});
  await vi.waitFor(() => expect(again.named(EventName.execDetailsEnd)).toHaveLength(1));
  expect(again.named(EventName.execDetails)[0]).toMatchObject([1, {}, { orderRef: 'alone' }]);
  expect(again.named(EventName.commissionReport)).toHaveLength(1);
  expect(executionsOf(again)).toEqual([]);
});

test.each([
  [false, 6],
  [true, 1],
])('the daily restart, ids rolled back: %s', async (rollBackIds, nextId) => {
  const tws = await openTws();
  const client = await connect(tws.port, 3);
  client.api.placeOrder(5, AAPL, limit('BUY', 1, 190, { orderRef: 'kept' }));
  await vi.waitFor(() => expect(statusesOf(client, 5)).toContain('Submitted 0'));
  const gone = next(client, EventName.disconnected);
  const back = tws.frontEnd.restart({ ms: 100, rollBackIds });
  await gone;
  const early = clientOf(tws.port, 3);
  early.api.connect();
  await vi.waitFor(() => expect(errorsOf(early)).toEqual(['-1 502']));
  await back;
  const again = await connect(tws.port, 3);
  expect(again.named(EventName.nextValidId)).toEqual([[nextId]]);
  again.api.reqAllOpenOrders();
  await vi.waitFor(() => expect(again.named(EventName.openOrderEnd)).toHaveLength(1));
  expect(again.named(EventName.openOrder).map(([, , order]) => order)).toMatchObject([
    { orderId: 5, orderRef: 'kept' },
  ]);
  // The id that is told again is still used up.
  again.api.placeOrder(nextId, AAPL, limit('BUY', 1, 190));
  await vi.waitFor(() =>
    rollBackIds
      ? expect(errorsOf(again)).toEqual(['1 103'])
      : expect(statusesOf(again, 6)).toContain('Submitted 0'),
  );
});

test('working orders can be gone without a word', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 190));
  await vi.waitFor(() => expect(statusesOf(client, 1)).toContain('Submitted 0'));
  tws.frontEnd.loseState();
  client.api.reqAllOpenOrders();
  client.api.reqCompletedOrders(true);
  await vi.waitFor(() => expect(client.named(EventName.completedOrdersEnd)).toHaveLength(1));
  expect(client.named(EventName.completedOrder)).toEqual([]);
  expect(statusesOf(client, 1).at(-1)).toBe('Submitted 0');
  client.api.cancelOrder(1, {});
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['1 10147']));
});

test('the link behind the gateway: lost, restored, and restored without the data lines', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  const last = async (code: number): Promise<void> => {
    await vi.waitFor(() => expect(client.named(EventName.info).at(-1)?.[1]).toBe(code));
  };
  client.api.reqMktData(1, AAPL, '', false, false);
  await vi.waitFor(() => expect(client.named(EventName.tickPrice)).toHaveLength(3));
  tws.frontEnd.tellLink('lost');
  await last(1100);
  tws.frontEnd.tellLink('restored');
  await last(1102);
  tws.move(20_001);
  await vi.waitFor(() => expect(client.named(EventName.tickPrice)).toHaveLength(6));
  tws.frontEnd.tellLink('restoredWithoutData');
  await last(1101);
  client.api.cancelMktData(1);
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['1 300']));
});

test('a version that the client does not speak', async () => {
  const tws = await openTws({ serverVersion: 201 });
  const client = clientOf(tws.port);
  client.api.connect();
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['-1 506']));
});

test('requests beyond the rate are refused, and then the connection ends', async () => {
  const tws = await openTws({ messagesPerSecond: 5 });
  const client = await connect(tws.port);
  for (let request = 0; request < 12; request += 1) client.api.reqCurrentTime();
  await vi.waitFor(() => expect(client.named(EventName.disconnected)).not.toHaveLength(0));
  expect(client.named(EventName.currentTime)).toHaveLength(4);
  const codes = client.named(EventName.info).map(([, code]) => code);
  expect(codes.filter((code) => code === 100)).toHaveLength(3);
});

test('requests are remembered, with the reference of their order', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 190, { orderRef: 'ours' }));
  client.api.cancelOrder(1, {});
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['1 202']));
  expect(tws.requests.map(({ path, orderLinkId }) => [path, orderLinkId])).toEqual([
    ['PLACE_ORDER', 'ours'],
    ['CANCEL_ORDER', 'ours'],
  ]);
});
