import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Broker } from '../broker.ts';
import { bybitBroker } from './adapter.ts';
import { ENTRY, executionRow, orderRow, REFERENCE } from './sample-messages.fixture.ts';

let server: Server;
let broker: Broker;
let rows: object[];
let bad: string[];

beforeEach(async () => {
  [rows, bad] = [[], []];
  server = createServer((_request, response) => {
    const answer = { retCode: 0, retMsg: 'OK', result: { list: rows, nextPageCursor: '' } };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  broker = bybitBroker({
    account: 'paper',
    category: 'linear',
    key: 'testKey',
    secret: 'testSecret',
    restUrl: `http://127.0.0.1:${address.port}`,
    privateWsUrl: 'ws://127.0.0.1:1',
    coin: 'USDT',
    now: () => 1_790_000_001_000,
    onBadRow: (code, detail) => void bad.push(`${code} ${detail}`),
  });
});

afterEach(async () => {
  server.closeAllConnections();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  await promise;
});

const foreign = { symbol: 'ETHUSDT', orderLinkId: 'by-hand' };

test('an open order that cannot be read does not hide the others, and is told', async () => {
  rows = [orderRow({ ...foreign, qty: 'much' }), orderRow(), orderRow({ symbol: 'a b' })];
  const listed = await broker.openOrders();
  expect(listed.map(({ clientOrderId }) => clientOrderId)).toEqual([ENTRY]);
  expect(bad).toHaveLength(2);
  expect(bad[0]).toMatch(/^ANSWER_MALFORMED open orders, ETHUSDT by-hand: .*much/);
});

test('an execution that cannot be read does not hide the others, and is told', async () => {
  rows = [executionRow({ ...foreign, execPrice: 'much' }), executionRow({ execId: 'x-2' })];
  const since = await broker.executionsSince(1_790_000_000_000);
  expect(since.map(({ executionId }) => executionId)).toEqual(['x-2']);
  expect(bad).toEqual([expect.stringContaining('executions, ETHUSDT by-hand x-1: ')]);
  rows = [executionRow(), executionRow({ execId: 'x-3', execTime: 'late' })];
  const own = await broker.executionsOf(REFERENCE);
  expect(own.map(({ executionId }) => executionId)).toEqual(['x-1']);
  expect(bad).toHaveLength(2);
});

test('a position that cannot be read is never flat: the listing is refused, and told', async () => {
  const held = { symbol: 'BTCUSDT', side: 'Buy', size: '0.5' };
  rows = [held, { symbol: 'ETHUSDT', side: 'Long', size: '1' }];
  const refused = { kind: 'unknownOutcome', code: 'ANSWER_MALFORMED' };
  await expect(broker.positions()).rejects.toMatchObject(refused);
  expect(bad).toEqual([expect.stringContaining('positions, ETHUSDT: ')]);
  rows = [held];
  expect(await broker.positions()).toMatchObject([{ quantity: 5n * 10n ** 17n }]);
});

test('the state of one order that cannot be read proves nothing', async () => {
  rows = [orderRow({ qty: 'much' })];
  const refused = { kind: 'unknownOutcome', code: 'ANSWER_MALFORMED' };
  await expect(broker.findOrder(REFERENCE)).rejects.toMatchObject(refused);
});
