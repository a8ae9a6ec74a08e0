import { instrumentId, isTradedIn, parsePrice } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { isSameOrder, orderParams } from './order-params.ts';
import { ENTRY, limitAt, orderRow, requestOf } from './sample-messages.fixture.ts';
import { TRADED_MARKETS } from './symbols.ts';

const common = { clientOrderId: ENTRY, symbol: 'AAPL', qty: '10' };

describe('orderParams', () => {
  test.each(['buy', 'sell'] as const)('market, limit, stop and stop-limit of a %s', (side) => {
    const [triggerPrice, price] = [parsePrice('180.10'), parsePrice('179.95')];
    const of = (kind: Parameters<typeof requestOf>[0]) => orderParams(requestOf({ side, ...kind }));
    expect(of({ kind: { type: 'market' } })).toEqual({
      ...common,
      side,
      type: 'market',
      timeInForce: 'day',
    });
    expect(of({ kind: limitAt('187.50') })).toEqual({
      ...common,
      side,
      type: 'limit',
      timeInForce: 'gtc',
      limitPrice: '187.5',
    });
    expect(of({ kind: { type: 'stop', triggerPrice } })).toEqual({
      ...common,
      side,
      type: 'stop',
      timeInForce: 'gtc',
      stopPrice: '180.1',
    });
    expect(of({ kind: { type: 'stopLimit', triggerPrice, price } })).toEqual({
      ...common,
      side,
      type: 'stop_limit',
      timeInForce: 'gtc',
      stopPrice: '180.1',
      limitPrice: '179.95',
    });
  });

  test.each(['gtc', 'day', 'ioc', 'fok'] as const)('a limit order lives %s', (timeInForce) => {
    const kind = { type: 'limit', price: parsePrice('1'), timeInForce, postOnly: false } as const;
    expect(orderParams(requestOf({ kind }))).toMatchObject({ timeInForce });
  });

  test.each([
    ['reduce-only', 'REDUCE_ONLY_UNSUPPORTED', { reduceOnly: true }],
    [
      'post-only',
      'POST_ONLY_UNSUPPORTED',
      {
        kind: {
          type: 'limit',
          price: parsePrice('1'),
          timeInForce: 'gtc',
          postOnly: true,
        } as const,
      },
    ],
    [
      "at another venue's market",
      'INSTRUMENT_NOT_TRADED',
      { instrument: instrumentId('bybit', 'linear', 'BTCUSDT') },
    ],
    [
      'in a pair, for which the venue has no stop orders',
      'INSTRUMENT_NOT_TRADED',
      { instrument: instrumentId('alpaca', 'crypto', 'BTCUSD') },
    ],
  ])('an order %s is refused, not sent as another', (_name, code, change) => {
    expect(() => orderParams(requestOf(change))).toThrow(
      expect.objectContaining({ kind: 'rejected', code }),
    );
  });
});

test.each([
  ['stock', 'AAPL'],
  ['stock', 'BRK.B'],
  ['crypto', 'BTCUSD'],
  ['crypto', 'ETHBTC'],
  ['option', 'AAPL260116C00200000'],
])('%s %s: what is published as traded is what can be sent', (market, symbol) => {
  const instrument = instrumentId('alpaca', market, symbol);
  const send = () => orderParams(requestOf({ instrument, kind: limitAt('1') }));
  if (isTradedIn(TRADED_MARKETS, instrument)) expect(send).not.toThrow();
  else expect(send).toThrow(expect.objectContaining({ code: 'INSTRUMENT_NOT_TRADED' }));
});

describe('isSameOrder', () => {
  const params = orderParams(requestOf());

  test('whatever zeros the venue writes, and whatever has happened to it', () => {
    const row = orderRow({ qty: '10.0', limit_price: '187.500', status: 'filled' });
    expect(isSameOrder(row, params)).toBe(true);
  });

  test.each([
    { client_order_id: 'other' },
    { symbol: 'MSFT' },
    { side: 'sell' },
    { qty: '11' },
    { qty: null },
    { type: 'stop_limit' },
    { time_in_force: 'day' },
    { limit_price: '187.51' },
    { limit_price: null },
    { stop_price: '180' },
  ])('not with %j', (change) => {
    expect(isSameOrder(orderRow(change), params)).toBe(false);
  });
});
