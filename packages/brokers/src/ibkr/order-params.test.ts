import { type OrderKind, parsePrice, parseQuantity } from '@ballast/domain';
import { expect, test } from 'vitest';
import { orderParams } from './order-params.ts';
import { ENTRY, requestOf } from './sample-orders.fixture.ts';

const price = parsePrice('200.01');
const triggerPrice = parsePrice('199.5');

const CASES: readonly (readonly [OrderKind, object])[] = [
  [{ type: 'market' }, { orderType: 'MKT', tif: 'DAY' }],
  [
    { type: 'limit', price, timeInForce: 'day', postOnly: false },
    { orderType: 'LMT', tif: 'DAY', lmtPrice: 200.01 },
  ],
  [
    { type: 'limit', price, timeInForce: 'fok', postOnly: false },
    { orderType: 'LMT', tif: 'FOK', lmtPrice: 200.01 },
  ],
  [
    { type: 'stop', triggerPrice },
    { orderType: 'STP', tif: 'GTC', auxPrice: 199.5 },
  ],
  [
    { type: 'stopLimit', triggerPrice, price },
    { orderType: 'STP LMT', tif: 'GTC', auxPrice: 199.5, lmtPrice: 200.01 },
  ],
];

test.for(CASES)('%o', ([kind, expected]) => {
  const { contract, order } = orderParams(requestOf({ kind }), 'DU1');
  expect(contract).toEqual({ symbol: 'AAPL', secType: 'STK', exchange: 'SMART', currency: 'USD' });
  expect(order).toEqual({
    action: 'BUY',
    totalQuantity: 10,
    ...expected,
    account: 'DU1',
    orderRef: ENTRY,
    transmit: true,
    outsideRth: false,
  });
});

test.for([
  ['POST_ONLY_UNSUPPORTED', { kind: { type: 'limit', price, timeInForce: 'gtc', postOnly: true } }],
  ['AMOUNT_NOT_EXACT', { quantity: parseQuantity('12345678901234567.8') }],
  ['AMOUNT_NOT_EXACT', { kind: { type: 'stop', triggerPrice: parsePrice('0.0000001') } }],
] as const)('%s is refused before anything leaves', ([code, change]) => {
  expect(() => orderParams(requestOf(change), 'DU1')).toThrow(
    expect.objectContaining({ kind: 'rejected', code }),
  );
});
