import { createHmac } from 'node:crypto';
import { addQuantity, formatQuantity, type Quantity } from '@ballast/domain';
import { fetchInstruments } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import type { OrderParamsV5 } from 'bybit-api';
import { beforeEach, expect, test } from 'vitest';
import { control, KEY, open, type Opened, restClient, SECRET } from './simulator.fixture.ts';

let simulator: Opened;
let rest: ReturnType<typeof restClient>;

beforeEach(async () => {
  simulator = await open();
  rest = restClient(simulator.urls.rest);
  await control(simulator.urls.rest, { action: 'freezePrices' });
});

const market: OrderParamsV5 = {
  category: 'linear',
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Market',
  qty: '0.1',
};

async function last(symbol = 'BTCUSDT'): Promise<number> {
  const { result } = await rest.getTickers({ category: 'linear', symbol });
  return Number(result.list[0]?.lastPrice);
}

async function order(orderLinkId: string) {
  const { result } = await rest.getActiveOrders({ category: 'linear', orderLinkId });
  return result.list[0];
}

test('a market order fills and shows in order, execution, position and wallet', async () => {
  const ack = await rest.submitOrder({ ...market, orderLinkId: 'entry' });
  expect(ack).toMatchObject({ retCode: 0, result: { orderLinkId: 'entry' } });
  expect(await order('entry')).toMatchObject({
    orderId: ack.result.orderId,
    orderStatus: 'Filled',
    cumExecQty: '0.1',
    leavesQty: '0',
  });
  const executions = await rest.getExecutionList({ category: 'linear', symbol: 'BTCUSDT' });
  expect(executions.result.list).toMatchObject([
    { orderLinkId: 'entry', execQty: '0.1', isMaker: false },
  ]);
  const fee = Number(executions.result.list[0]?.execFee);
  const position = await rest.getPositionInfo({ category: 'linear', symbol: 'BTCUSDT' });
  expect(position.result.list).toMatchObject([{ side: 'Buy', size: '0.1' }]);
  const wallet = await rest.getWalletBalance({ accountType: 'UNIFIED' });
  expect(Number(wallet.result.list[0]?.coin[0]?.walletBalance)).toBeCloseTo(100_000 - fee, 8);
});

test('stop and target: the reached one fills, the venue ends the other', async () => {
  await rest.submitOrder({ ...market, orderLinkId: 'entry' });
  const price = await last();
  const exit = { ...market, side: 'Sell', reduceOnly: true } as const;
  const stop = {
    orderLinkId: 'stop',
    triggerDirection: 2,
    triggerPrice: (price - 50).toFixed(1),
  } as const;
  expect(await rest.submitOrder({ ...exit, ...stop })).toMatchObject({ retCode: 0 });
  const target = {
    orderType: 'Limit',
    price: (price + 50).toFixed(1),
    orderLinkId: 'target',
  } as const;
  expect(await rest.submitOrder({ ...exit, ...target })).toMatchObject({ retCode: 0 });
  const open = await rest.getActiveOrders({ category: 'linear', settleCoin: 'USDT' });
  expect(open.result.list.map(({ orderStatus }) => orderStatus).toSorted()).toEqual([
    'New',
    'Untriggered',
  ]);
  const moved = { symbol: 'BTCUSDT', price: (price - 60).toFixed(1) };
  await control(simulator.urls.rest, moved, '/control/price');
  expect(await order('stop')).toMatchObject({ orderStatus: 'Filled' });
  expect(await order('target')).toMatchObject({
    orderStatus: 'Cancelled',
    cancelType: 'CancelByReduceOnly',
  });
  const position = await rest.getPositionInfo({ category: 'linear', symbol: 'BTCUSDT' });
  expect(position.result.list).toMatchObject([{ side: '', size: '0' }]);
});

test('a resting order fills in parts as volume trades; amend and cancel', async () => {
  const price = await last();
  const limit = { ...market, orderType: 'Limit', qty: '200', orderLinkId: 'big' } as const;
  const poor = await rest.submitOrder({ ...limit, price: (price - 5).toFixed(1) });
  expect(poor.retCode).toBe(110_007);
  await rest.submitOrder({ ...limit, qty: '9', price: (price - 5).toFixed(1) });
  const moved = { symbol: 'BTCUSDT', price: (price - 5).toFixed(1) };
  await control(simulator.urls.rest, moved, '/control/price');
  const partly = await order('big');
  expect(partly).toMatchObject({ orderStatus: 'PartiallyFilled' });
  expect(Number(partly?.cumExecQty) + Number(partly?.leavesQty)).toBeCloseTo(9, 9);
  const reference = { category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'big' } as const;
  expect(await rest.amendOrder({ ...reference, price: (price - 90).toFixed(1) })).toMatchObject({
    retCode: 0,
  });
  expect(await rest.cancelOrder(reference)).toMatchObject({ retCode: 0 });
  expect(await rest.cancelOrder(reference)).toMatchObject({ retCode: 110_001 });
  const ended = await order('big');
  expect(ended).toMatchObject({ orderStatus: 'Cancelled', cumExecQty: partly?.cumExecQty });
  const history = await rest.getHistoricOrders({ category: 'linear', orderLinkId: 'big' });
  expect(history.result.list).toHaveLength(1);
});

test.each<[string, number, Partial<OrderParamsV5>]>([
  ['off tick', 10_001, { orderType: 'Limit', price: '90000.05' }],
  ['below the lot', 10_001, { qty: '0.0004' }],
  ['off lot', 10_001, { qty: '0.0015' }],
  ['NaN', 10_001, { qty: 'NaN' }],
  ['negative', 10_001, { qty: '-1' }],
  ['an exponent', 10_001, { qty: '1e-3' }],
  ['an unknown symbol', 10_001, { symbol: 'NOSUCHUSDT' }],
  ['no position to reduce', 110_017, { reduceOnly: true }],
  ['a value below the least', 110_094, { orderType: 'Limit', price: '1000', qty: '0.001' }],
  [
    'a trigger that is reached already, rising',
    110_092,
    { triggerPrice: '1000', triggerDirection: 1 },
  ],
  [
    'a trigger that is reached already, falling',
    110_093,
    { triggerPrice: '900000', triggerDirection: 2 },
  ],
  ['an attached take profit', 10_001, { takeProfit: '100000' }],
  ['a trigger without direction', 10_001, { triggerPrice: '1000' }],
])(
  '%s is refused with its code, counted, and leaves nothing behind',
  async (_name, code, given) => {
    const reply = await rest.submitOrder({ ...market, orderLinkId: 'refused', ...given });
    expect(reply).toMatchObject({ retCode: code, result: {} });
    expect(simulator.counts).toEqual([`rest ${code}`]);
    expect(await order('refused')).toBeUndefined();
    expect(simulator.venue.executions).toEqual([]);
  },
);

test('the largest quantity that the feed tells of can leave at market', async () => {
  const log = createLogger('feed-bybit', 'silent');
  const [btc] = await fetchInstruments({ url: simulator.urls.rest, log });
  if (btc === undefined) throw new Error('no instrument');
  const beyond = addQuantity(btc.maxQuantity, btc.lotSize as Quantity);
  const stop = { triggerPrice: '1000', triggerDirection: 2 } as const;
  const answers: Record<string, number> = {};
  for (const [name, given] of Object.entries({
    market: {},
    stop,
    limit: { orderType: 'Limit', price: '90000' },
  } satisfies Record<string, Partial<OrderParamsV5>>)) {
    for (const [size, quantity] of Object.entries({ most: btc.maxQuantity, beyond })) {
      const asked = { ...market, ...given, qty: formatQuantity(quantity) };
      answers[`${name} ${size}`] = (await rest.submitOrder(asked)).retCode;
    }
  }
  // 110007: not too large, but more than the account can carry.
  expect(answers).toEqual({
    'market most': 110_007,
    'market beyond': 10_001,
    'stop most': 0,
    'stop beyond': 10_001,
    'limit most': 110_007,
    'limit beyond': 110_007,
  });
});

test('an eleventh conditional order of a symbol is refused, one of another symbol is not', async () => {
  const waiting = { ...market, qty: '0.001', triggerPrice: '900000', triggerDirection: 1 } as const;
  const codes: number[] = [];
  for (let index = 0; index < 11; index += 1) {
    codes.push((await rest.submitOrder({ ...waiting, orderLinkId: `stop-${index}` })).retCode);
  }
  expect(codes).toEqual([...Array.from({ length: 10 }, () => 0), 110_009]);
  const other = { ...waiting, symbol: 'ETHUSDT', qty: '0.01', orderLinkId: 'other' };
  expect(await rest.submitOrder(other)).toMatchObject({ retCode: 0 });
  await rest.cancelOrder({ category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'stop-3' });
  const again = await rest.submitOrder({ ...waiting, orderLinkId: 'again' });
  expect(again).toMatchObject({ retCode: 0 });
});

test('an orderLinkId is taken once, however often it is sent', async () => {
  const replies = await Promise.all(
    Array.from({ length: 5 }, () => rest.submitOrder({ ...market, orderLinkId: 'once' })),
  );
  expect(replies.map(({ retCode }) => retCode).toSorted((a, b) => a - b)).toEqual([
    0, 110_072, 110_072, 110_072, 110_072,
  ]);
  expect(simulator.venue.executions).toHaveLength(1);
});

/** A listing asked for with a right signature at any time. */
async function signedAt(timestamp: number): Promise<unknown> {
  const query = 'category=linear&settleCoin=USDT';
  const text = `${timestamp}${KEY}5000${query}`;
  const response = await fetch(`${simulator.urls.rest}/v5/order/realtime?${query}`, {
    headers: {
      'X-BAPI-API-KEY': KEY,
      'X-BAPI-TIMESTAMP': String(timestamp),
      'X-BAPI-RECV-WINDOW': '5000',
      'X-BAPI-SIGN': createHmac('sha256', SECRET).update(text).digest('hex'),
    },
  });
  return response.json();
}

test('wrong key, wrong signature and an old timestamp are told apart', async () => {
  const query = { category: 'linear', settleCoin: 'USDT' } as const;
  const wrongSecret = restClient(simulator.urls.rest, SECRET.toUpperCase());
  expect((await wrongSecret.getActiveOrders(query)).retCode).toBe(10_004);
  const wrongKey = restClient(simulator.urls.rest, SECRET, 'another-key');
  expect((await wrongKey.getActiveOrders(query)).retCode).toBe(10_003);
  expect(await signedAt(Date.now() - 6_000)).toMatchObject({ retCode: 10_002 });
  expect(await signedAt(Date.now() + 5_000)).toMatchObject({ retCode: 10_002 });
  expect(await signedAt(Date.now() - 3_000)).toMatchObject({ retCode: 0 });
  expect((await rest.getActiveOrders(query)).retCode).toBe(0);
});

test('executions come in pages, each exactly once', async () => {
  for (let index = 0; index < 7; index += 1) {
    await rest.submitOrder({ ...market, qty: '0.001', orderLinkId: `page-${index}` });
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const paging = cursor === undefined ? {} : { cursor };
    const page = await rest.getExecutionList({ category: 'linear', limit: 3, ...paging });
    seen.push(...page.result.list.map(({ orderLinkId }) => String(orderLinkId)));
    cursor = page.result.nextPageCursor || undefined;
  } while (cursor !== undefined && seen.length < 20);
  expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `page-${index}`));
});

test('market listings: instruments, klines, book, recent trades, time', async () => {
  const instruments = await rest.getInstrumentsInfo({ category: 'linear' });
  expect(instruments.result.list.map(({ symbol }) => symbol)).toEqual([
    'BTCUSDT',
    'ETHUSDT',
    'SOLUSDT',
    'XRPUSDT',
  ]);
  const kline = { category: 'linear', symbol: 'ETHUSDT', interval: '1', limit: 240 } as const;
  const bars = (await rest.getKline(kline)).result.list;
  expect(bars.length).toBe(240);
  for (const [start, open, high, low, close] of bars) {
    expect(Number(start) % 60_000).toBe(0);
    expect(Number(high)).toBeGreaterThanOrEqual(Math.max(Number(open), Number(close)));
    expect(Number(low)).toBeLessThanOrEqual(Math.min(Number(open), Number(close)));
  }
  const times = bars.map(([start]) => Number(start));
  expect(new Set(times.slice(1).map((time, index) => (times[index] ?? 0) - time))).toEqual(
    new Set([60_000]),
  );
  const book = await rest.getOrderbook({ category: 'linear', symbol: 'ETHUSDT', limit: 5 });
  expect(book.result.a).toHaveLength(5);
  expect(Number(book.result.b[0]?.[0])).toBeLessThan(Number(book.result.a[0]?.[0]));
  const unknown = await fetch(
    `${simulator.urls.rest}/v5/market/kline?category=linear&symbol=ETHUSDT&interval=7`,
  );
  expect(await unknown.json()).toMatchObject({ retCode: 10_001 });
});

test('more requests in a second than the limit are answered with 10006', async () => {
  const query = { category: 'linear', settleCoin: 'USDT' } as const;
  let limited = 0;
  for (let round = 0; round < 20 && limited === 0; round += 1) {
    const replies = await Promise.all(
      Array.from({ length: 250 }, () => rest.getPositionInfo(query)),
    );
    limited = replies.filter(({ retCode }) => retCode === 10_006).length;
  }
  expect(limited).toBeGreaterThan(0);
});
