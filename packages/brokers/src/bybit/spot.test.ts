import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { instrumentId, type OrderRequest, parsePrice } from '@ballast/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Broker } from '../broker.ts';
import { bybitBroker } from './adapter.ts';
import { orderParams } from './rest.ts';
import { ENTRY, limitAt, orderRow, requestOf, stopAt } from './sample-messages.fixture.ts';

const BTC = instrumentId('bybit', 'spot', 'BTCUSDT');
const REFERENCE = { clientOrderId: ENTRY, venueOrderId: null, instrument: BTC };

let server: Server;
let broker: Broker;
let asked: { path: string; body: Record<string, unknown> }[];
let answer: (path: string, body: Record<string, unknown>) => { code?: number; result?: object };

beforeEach(async () => {
  asked = [];
  answer = () => ({ result: { list: [], nextPageCursor: '' } });
  server = createServer((request, response) => {
    let written = '';
    request.on('data', (part: Buffer) => (written += part.toString()));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://venue');
      const body = written === '' ? Object.fromEntries(searchParams) : JSON.parse(written);
      asked.push({ path: pathname, body });
      const { code = 0, result = {} } = answer(pathname, body);
      const text = JSON.stringify({ retCode: code, retMsg: 'said', result });
      response.setHeader('content-type', 'application/json').end(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  broker = bybitBroker({
    account: 'paper',
    category: 'spot',
    key: 'testKey',
    secret: 'testSecret',
    restUrl: `http://127.0.0.1:${address.port}`,
    privateWsUrl: 'ws://127.0.0.1:1',
    coin: 'USDT',
    now: () => 1_790_000_001_000,
    onBadRow: () => undefined,
  });
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

test('an order for the contract never becomes one for the coin of the same symbol', () => {
  const { instrument: contract } = requestOf({});
  expect(contract).toBe('bybit.linear:BTCUSDT');
  const refused = { kind: 'rejected', code: 'INSTRUMENT_NOT_TRADED' };
  expect(() => orderParams(requestOf({}), 'spot')).toThrow(expect.objectContaining(refused));
  const coin = requestOf({ instrument: BTC });
  expect(() => orderParams(coin, 'linear')).toThrow(expect.objectContaining(refused));
});

test('orders: the quantity of a market buy is in the base coin, and nothing is reduce-only', () => {
  const paramsOf = (change: Partial<OrderRequest>) =>
    orderParams(requestOf({ instrument: BTC, ...change }), 'spot');
  expect(paramsOf({})).toEqual({
    category: 'spot',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Market',
    qty: '0.1',
    orderLinkId: ENTRY,
    marketUnit: 'baseCoin',
    timeInForce: 'IOC',
  });
  const limit = paramsOf({ kind: limitAt('50000') });
  expect(limit).not.toHaveProperty('marketUnit');
  expect(limit).not.toHaveProperty('reduceOnly');
  const stop = paramsOf({ side: 'sell', kind: stopAt('49000') });
  expect(stop).toMatchObject({ orderFilter: 'StopOrder', triggerPrice: '49000' });
  expect(stop).not.toHaveProperty('triggerDirection');
  const price = parsePrice('48900');
  const kind = { type: 'stopLimit', triggerPrice: parsePrice('49000'), price } as const;
  expect(paramsOf({ kind })).toMatchObject({ price: '48900', timeInForce: 'GTC' });
});

test('the venue cannot clip exits, and the account cannot be short', () => {
  expect(broker.capabilities).toMatchObject({ exits: 'reserved', shorting: false });
});

test('a cancel looks among conditional orders when there is no such active one', async () => {
  answer = (_path, { orderFilter }) => (orderFilter === 'Order' ? { code: 170_213 } : {});
  await broker.cancel(REFERENCE);
  expect(asked.map(({ body }) => body['orderFilter'])).toEqual(['Order', 'StopOrder']);
  answer = () => ({ code: 170_213 });
  const gone = { kind: 'rejected', code: 'BYBIT_170213' };
  await expect(broker.cancel(REFERENCE)).rejects.toMatchObject(gone);
  answer = () => ({ code: 10_016 });
  await expect(broker.cancel(REFERENCE)).rejects.toMatchObject({ kind: 'unknownOutcome' });
  expect(asked).toHaveLength(5);
});

test('listings ask for the spot market alone, and positions are what the wallet holds', async () => {
  answer = (path) => {
    const coin = [{ coin: 'BTC', walletBalance: '0.5', locked: '', usdValue: '30000' }];
    if (path === '/v5/account/wallet-balance') return { result: { list: [{ coin }] } };
    return { result: { list: [orderRow({ category: undefined })], nextPageCursor: '' } };
  };
  expect(await broker.openOrders()).toMatchObject([{ instrument: BTC }]);
  expect(await broker.findOrder(REFERENCE)).toMatchObject({ instrument: BTC });
  expect(await broker.positions()).toEqual([{ instrument: BTC, quantity: 5n * 10n ** 17n }]);
  const categories = asked.map(({ body }) => body['category']);
  expect(categories).toEqual(['spot', 'spot', undefined]);
  expect(asked[0]?.body).not.toHaveProperty('settleCoin');
});
