import { EventName } from '@stoqey/ib';
import { expect, test, vi } from 'vitest';
import {
  AAPL,
  connect,
  errorsOf,
  executionsOf,
  limit,
  next,
  openTws,
  statusesOf,
} from './tws.fixture.ts';

test('open orders: my own, or those of all clients', async () => {
  const tws = await openTws();
  const [mine, other] = [await connect(tws.port, 1), await connect(tws.port, 2)];
  mine.api.placeOrder(1, AAPL, limit('BUY', 1, 190, { orderRef: 'mine' }));
  other.api.placeOrder(9, AAPL, limit('BUY', 2, 190, { orderRef: 'other' }));
  await vi.waitFor(() => expect(tws.venue.account.open.size).toBe(2));
  const listed = async (ask: () => void): Promise<unknown> => {
    const from = mine.heard.length;
    const end = next(mine, EventName.openOrderEnd);
    ask();
    await end;
    const rows = mine.heard.slice(from).filter(({ name }) => name === EventName.openOrder);
    return rows.map(({ args }) => args[2]);
  };
  expect(await listed(() => mine.api.reqOpenOrders())).toMatchObject([{ orderRef: 'mine' }]);
  expect(await listed(() => mine.api.reqAllOpenOrders())).toMatchObject([
    { orderRef: 'mine', orderId: 1, clientId: 1 },
    { orderRef: 'other', orderId: 9, clientId: 2 },
  ]);
});

test('executions by filter, each with its commission', async () => {
  let now = Date.parse('2026-11-20T14:00:00Z');
  const tws = await openTws({ now: () => now });
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 3, 201, { orderRef: 'a' }));
  await vi.waitFor(() => expect(executionsOf(client)).toHaveLength(1));
  now += 10_000;
  client.api.placeOrder(2, { ...AAPL, symbol: 'MSFT' }, limit('SELL', 4, 199, { orderRef: 'b' }));
  await vi.waitFor(() => expect(client.named(EventName.commissionReport)).toHaveLength(2));
  const refs = async (reqId: number, filter: object): Promise<unknown[]> => {
    client.api.reqExecutions(reqId, filter);
    await vi.waitFor(() => expect(client.named(EventName.execDetailsEnd)).toContainEqual([reqId]));
    const rows = client.named(EventName.execDetails).filter(([id]) => id === reqId);
    return rows.map(([, , execution]) => Object(execution).orderRef);
  };
  expect(await refs(11, {})).toEqual(['a', 'b']);
  expect(client.named(EventName.commissionReport)).toHaveLength(4);
  expect(await refs(12, { symbol: 'MSFT' })).toEqual(['b']);
  expect(await refs(13, { side: 'BUY' })).toEqual(['a']);
  expect(await refs(14, { time: '20261120-14:00:05' })).toEqual(['b']);
  expect(await refs(15, { clientId: '8' })).toEqual([]);
  now += 86_400_001;
  expect(await refs(16, {})).toEqual([]);
  client.api.reqExecutions(17, { time: 'yesterday' });
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['17 321']));
});

test('completed orders have no order id, but reference and permId', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 3, 201, { orderRef: 'filled' }));
  client.api.placeOrder(2, AAPL, limit('BUY', 3, 190, { orderRef: 'cancelled' }));
  client.api.placeOrder(3, AAPL, limit('BUY', 3, 190, { orderRef: 'open' }));
  client.api.cancelOrder(2, {});
  client.api.reqCompletedOrders(true);
  await vi.waitFor(() => expect(client.named(EventName.completedOrdersEnd)).toHaveLength(1));
  const rows = client.named(EventName.completedOrder);
  expect(rows.map(([, order, state]) => [order, state])).toMatchObject([
    [
      { orderRef: 'filled', filledQuantity: 3, totalQuantity: 0, permId: 1_384_026_001 },
      { status: 'Filled', completedStatus: 'Filled Size: 3' },
    ],
    [
      { orderRef: 'cancelled', filledQuantity: 0, lmtPrice: 190 },
      { status: 'Cancelled', completedStatus: 'Cancelled by Trader' },
    ],
  ]);
  expect(Object(rows[0]?.[1]).orderId).toBeUndefined();
  expect(errorsOf(client)).toEqual(['2 202']);
});

test('positions are listed, and told again as they change', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.reqPositions();
  await vi.waitFor(() => expect(client.named(EventName.positionEnd)).toHaveLength(1));
  expect(client.named(EventName.position)).toEqual([]);
  client.api.placeOrder(1, AAPL, limit('BUY', 3, 201));
  await vi.waitFor(() => expect(client.named(EventName.position)).toHaveLength(1));
  client.api.placeOrder(2, AAPL, limit('SELL', 3, 199));
  await vi.waitFor(() => expect(client.named(EventName.position)).toHaveLength(2));
  const rows = client.named(EventName.position).map(([, , quantity, cost]) => [quantity, cost]);
  expect(rows).toEqual([
    [3, 200],
    [0, 0],
  ]);
});

test('account summaries in dollars; a third that is not cancelled is refused', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 100, 201));
  await vi.waitFor(() => expect(statusesOf(client, 1)).toContain('Filled 100'));
  const tags = 'NetLiquidation,TotalCashValue,AvailableFunds';
  for (const id of [1, 2, 3]) client.api.reqAccountSummary(id, 'All', tags);
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['3 322']));
  const rows = client.named(EventName.accountSummary).filter(([id]) => id === 1);
  // 100 shares at 200.00 with a fee of 11.00.
  expect(rows.map((row) => row.slice(2))).toEqual([
    ['NetLiquidation', '99989', 'USD'],
    ['TotalCashValue', '79989', 'USD'],
    ['AvailableFunds', '97989', 'USD'],
  ]);
  client.api.cancelAccountSummary(1);
  client.api.reqAccountSummary(4, 'All', tags);
  await vi.waitFor(() => expect(client.named(EventName.accountSummaryEnd)).toContainEqual([4]));
});

test('account updates: values, holdings and their end', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 3, 201));
  await vi.waitFor(() => expect(statusesOf(client, 1)).toContain('Filled 3'));
  client.api.reqAccountUpdates(true, 'DU1234567');
  await vi.waitFor(() => expect(client.named(EventName.accountDownloadEnd)).toHaveLength(1));
  expect(client.named(EventName.updateAccountValue)[0]).toEqual([
    'NetLiquidation',
    '99999.67',
    'USD',
    'DU1234567',
  ]);
  expect(client.named(EventName.updatePortfolio)[0]?.slice(1)).toEqual([
    3,
    200,
    600,
    200,
    0,
    0,
    'DU1234567',
  ]);
});

test('contract data, ids, accounts and the time', async () => {
  const now = Date.parse('2026-11-20T14:00:00.900Z');
  const tws = await openTws({ now: () => now });
  const client = await connect(tws.port);
  client.api.reqContractDetails(1, AAPL);
  client.api.reqContractDetails(2, { ...AAPL, symbol: 'NOPE' });
  client.api.reqContractDetails(3, { ...AAPL, symbol: 'BRK B' });
  client.api.reqIds(1);
  client.api.reqManagedAccts();
  client.api.reqCurrentTime();
  await vi.waitFor(() => expect(client.named(EventName.currentTime)).toEqual([[1_795_183_200]]));
  expect(client.named(EventName.contractDetails)).toMatchObject([
    [
      1,
      {
        contract: { conId: 265_598, symbol: 'AAPL', primaryExch: 'NASDAQ', currency: 'USD' },
        minTick: 0.01,
        stockType: 'COMMON',
        sizeIncrement: 1,
      },
    ],
    [3, { contract: { symbol: 'BRK B' } }],
  ]);
  expect(client.named(EventName.contractDetailsEnd)).toEqual([[1], [3]]);
  expect(errorsOf(client)).toEqual(['2 200']);
  expect(client.named(EventName.nextValidId)).toEqual([[1], [1]]);
  expect(client.named(EventName.managedAccounts)).toEqual([['DU1234567'], ['DU1234567']]);
});

test('market data: one picture, or a line until it is cancelled', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.reqMktData(1, AAPL, '', true, false);
  await vi.waitFor(() => expect(client.named(EventName.tickSnapshotEnd)).toEqual([[1]]));
  expect(client.named(EventName.tickPrice).map((args) => args.slice(0, 3))).toEqual([
    [1, 1, 199.99],
    [1, 2, 200],
    [1, 4, 200],
  ]);
  client.api.reqMktData(2, AAPL, '', false, false);
  tws.move(20_010);
  await vi.waitFor(() => {
    const [id, kind, price] = client.named(EventName.tickPrice).at(-1) ?? [];
    expect([id, kind, price]).toEqual([2, 4, 200.1]);
  });
  client.api.cancelMktData(2);
  client.api.cancelMktData(3);
  client.api.reqMktData(4, { ...AAPL, symbol: 'NOPE' }, '', false, false);
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['3 300', '4 200']));
  const before = client.named(EventName.tickPrice).length;
  tws.move(20_020);
  client.api.reqCurrentTime();
  await vi.waitFor(() => expect(client.named(EventName.currentTime)).toHaveLength(1));
  expect(client.named(EventName.tickPrice)).toHaveLength(before);
});

test('a listing that is behind shows what was', async () => {
  let now = Date.parse('2026-11-20T14:00:00Z');
  const tws = await openTws({ now: () => now });
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 3, 190));
  await vi.waitFor(() => expect(statusesOf(client, 1)).toContain('Submitted 0'));
  now += 5_000;
  client.api.cancelOrder(1, {});
  client.api.placeOrder(2, AAPL, limit('BUY', 4, 201));
  await vi.waitFor(() => expect(client.named(EventName.commissionReport)).toHaveLength(1));
  tws.faults.ageMs = 2_000;
  const from = client.heard.length;
  client.api.reqAllOpenOrders();
  client.api.reqPositions();
  client.api.reqExecutions(5, {});
  client.api.reqCompletedOrders(true);
  await vi.waitFor(() => expect(client.named(EventName.completedOrdersEnd)).toHaveLength(1));
  const names = client.heard.slice(from).map(({ name }) => name);
  expect(names).toEqual([
    EventName.openOrder,
    EventName.orderStatus,
    EventName.openOrderEnd,
    EventName.positionEnd,
    EventName.execDetailsEnd,
    EventName.completedOrdersEnd,
  ]);
});
