import { expect, test } from 'vitest';
import { reducedTrade } from './reduced-trade.ts';

const BTC = 'bybit.linear:BTCUSDT';
const row = (id: string, quantity: string, origin = 'ticket', instrument = BTC) => {
  return { id, quantity, origin, instrument };
};
const sold = row('record', '-0.005', 'unattributed');
const incident = { tradeId: 'record', instrument: BTC };

test('the one open trade that holds the other side is the one to offer', () => {
  const long = row('trade', '0.02');
  const others = [row('other', '5', 'ticket', 'bybit.linear:ETHUSDT'), row('waits', '0')];
  expect(reducedTrade(incident, [sold, long, ...others])).toBe(long);
  const bought = row('record', '0.005', 'unattributed');
  const short = row('trade', '-0.02', 'momentum');
  expect(reducedTrade(incident, [bought, short])).toBe(short);
});

test.each([
  ['none is open', [sold]],
  ['the same side', [sold, row('trade', '-0.02')]],
  ['two could be meant', [sold, row('a', '0.02'), row('b', '0.02')]],
  ['the record sums to nothing', [row('record', '0', 'unattributed'), row('trade', '0.02')]],
  ['the record is not known', [row('trade', '0.02')]],
  ['another record', [sold, row('more', '0.02', 'unattributed')]],
])('nothing is offered: %s', (_why, trades) => {
  expect(reducedTrade(incident, trades)).toBeNull();
});
