import { expect, test } from 'vitest';
import { at, BTC, lots, openAccount, print, spec } from './market.fixture.ts';
import { applyPrint, placeOrder } from './matcher.ts';
import type { OrderSpec } from './orders.ts';

function accountWith(...specs: Partial<OrderSpec>[]) {
  const account = openAccount('50000', '5');
  for (const given of specs) {
    const outcome = placeOrder(account, spec({ quantity: lots('0.4'), ...given }), 1);
    if (!outcome.ok) throw new Error(outcome.refusal.message);
  }
  return account;
}

const sell = (price: string, group?: string): Partial<OrderSpec> => ({
  side: 'sell',
  type: 'limit',
  price: at(price),
  ...(group === undefined ? {} : { group }),
});

test('of a group that one print reaches whole, one order trades and the others end', () => {
  const account = accountWith(sell('50010', 'a'), sell('50010', 'a'), sell('50010', 'b'));
  const events = applyPrint(account, BTC, print('50010', '5'), 2);
  expect(events.filter(({ kind }) => kind === 'execution')).toHaveLength(2);
  const ends = events.flatMap((event) =>
    event.kind === 'order'
      ? [`${event.order.group} ${event.order.status} ${event.order.endReason}`]
      : [],
  );
  expect(ends).toEqual(['a filled ', 'a cancelled byGroup', 'b filled ']);
});

test('a part of a fill ends the rest of the group, and orders of no group stay', () => {
  const account = accountWith(sell('50010', 'a'), sell('50020', 'a'), sell('50030'));
  applyPrint(account, BTC, print('50010', '0.1'), 2);
  expect([...account.open.values()].map(({ status, group }) => [status, group])).toEqual([
    ['partiallyFilled', 'a'],
    ['new', undefined],
  ]);
});
