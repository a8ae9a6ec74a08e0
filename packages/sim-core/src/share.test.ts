import { parseScaled } from '@ballast/domain';
import { expect, test } from 'vitest';
import { at, BTC, lots, openAccount, print, spec } from './market.fixture.ts';
import { applyPrint, placeOrder, takeAndReject } from './matcher.ts';
import type { VenueEvent } from './orders.ts';

const executionsOf = (events: readonly VenueEvent[]) =>
  events.flatMap((event) => (event.kind === 'execution' ? [event.execution] : []));

const buyLimit = (quantity: string, price: string) =>
  spec({ quantity: lots(quantity), type: 'limit', price: at(price) });

test('half of a fill trades when it meets the book, and the rest of the order stays', () => {
  const account = openAccount('50000');
  account.fillPercentMax = () => 50;
  const outcome = placeOrder(account, buyLimit('0.101', '50000'), 1);
  expect(outcome).toMatchObject({ order: { status: 'partiallyFilled', filled: lots('0.05') } });
  account.fillPercentMax = () => 100;
  const events = applyPrint(account, BTC, print('49999'), 2);
  expect(executionsOf(events)).toMatchObject([{ quantity: lots('0.051'), leaves: 0n }]);
});

test('a resting order trades one lot at least, at any share', () => {
  const account = openAccount('50000');
  placeOrder(account, buyLimit('0.1', '49990'), 1);
  account.fillPercentMax = () => 0;
  const events = applyPrint(account, BTC, print('49990'), 2);
  expect(executionsOf(events)).toMatchObject([{ quantity: lots('0.001'), leaves: lots('0.099') }]);
});

test('the share is asked once for each fill, and not for orders that do not trade', () => {
  const account = openAccount('50000');
  let asked = 0;
  account.fillPercentMax = () => {
    asked += 1;
    return 100;
  };
  placeOrder(account, buyLimit('0.1', '49990'), 1);
  expect(asked).toBe(0);
  placeOrder(account, buyLimit('2', '50010'), 1);
  expect(asked).toBe(1);
});

test('a commission: the minimum with the first fill, beyond it by quantity, up to a share', () => {
  const account = openAccount('50000', '10');
  account.feeRates = { maker: 0n, taker: 0n };
  const [perUnit, minimum] = [parseScaled('2'), parseScaled('1')];
  account.commission = { perUnit, minimum, shareMax: parseScaled('0.01') };
  placeOrder(account, buyLimit('1', '49990'), 1);
  const fees = ['0.25', '0.25', '0.5'].flatMap((size) =>
    executionsOf(applyPrint(account, BTC, print('49990', size), 2)).map(({ fee }) => fee),
  );
  expect(fees).toEqual([parseScaled('1'), 0n, parseScaled('1')]);
  account.commission = { perUnit, minimum, shareMax: parseScaled('0.00001') };
  const outcome = placeOrder(account, spec({ quantity: lots('0.1') }), 3);
  const [capped] = outcome.ok ? executionsOf(outcome.events) : [];
  expect(capped?.fee).toBe(parseScaled('0.04999'));
});

test('an order taken and rejected: its id is used up, and it is never in the book', () => {
  const account = openAccount('50000');
  const asked = spec({ linkId: 'once' });
  const outcome = takeAndReject(account, asked, 1);
  expect(outcome).toMatchObject({ ok: true, order: { status: 'new' } });
  expect(outcome).toMatchObject({
    events: [{ order: { status: 'cancelled', endReason: 'rejected', filled: 0n } }],
  });
  expect(account.open.size).toBe(0);
  expect(placeOrder(account, asked, 2)).toMatchObject({ refusal: { code: 'DUPLICATE_LINK_ID' } });
  const refused = takeAndReject(account, spec({ quantity: lots('0.0001') }), 3);
  expect(refused).toMatchObject({ refusal: { code: 'BELOW_MIN_QUANTITY' } });
});
