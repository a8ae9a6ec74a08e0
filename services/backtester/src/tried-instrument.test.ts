import { parseInstrumentId } from '@ballast/domain';
import { expect, test } from 'vitest';
import { capabilitiesAt } from './tried-instrument.ts';

test.each([
  ['bybit.linear:BTCUSDT', { exits: 'reduceOnly', shorting: true }],
  // It knows no reduce-only order.
  ['bybit.spot:BTCUSDT', { exits: 'reserved', shorting: false }],
  ['alpaca.stock:AAPL', { exits: 'reserved', shorting: true }],
])('the account may do at %s what it may do live', (id, can) => {
  expect(capabilitiesAt(parseInstrumentId(id))).toMatchObject(can);
});
