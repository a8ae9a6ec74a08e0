import { formatScaled } from '@ballast/domain';
import { expect, test } from 'vitest';
import type { Account } from './account.ts';
import { positionOf, restoreEvents, walletOf } from './account.ts';
import { at, BTC, lots, openAccount, print, spec, START_CASH } from './market.fixture.ts';
import { amendOrder, applyPrint, cancelOrder, type Outcome, placeOrder } from './matcher.ts';
import type { OrderSpec, RefusalCode, VenueEvent, VenueOrder } from './orders.ts';

function accepted(outcome: Outcome): { order: VenueOrder; events: readonly VenueEvent[] } {
  if (!outcome.ok) throw new Error(`refused: ${outcome.refusal.code} ${outcome.refusal.message}`);
  return outcome;
}

function place(account: Account, given: Partial<OrderSpec>) {
  return accepted(placeOrder(account, spec(given), 1));
}

const fills = (events: readonly VenueEvent[]): string[] =>
  events.flatMap((event) =>
    event.kind === 'execution'
      ? [`${formatScaled(event.execution.quantity)}@${formatScaled(event.execution.price)}`]
      : [],
  );

const states = (events: readonly VenueEvent[]): string[] =>
  events.flatMap((event) =>
    event.kind === 'order' ? [`${event.order.status}:${event.order.endReason}`] : [],
  );

const held = (account: Account): string => formatScaled(positionOf(account, BTC).quantity);

test('a market order walks the displayed levels and pays the taker fee', () => {
  const account = openAccount('50000', '0.1');
  const { events } = place(account, { quantity: lots('0.3') });
  expect(fills(events)).toEqual(['0.1@50000', '0.15@50000.1', '0.05@50000.2']);
  expect(held(account)).toBe('0.3');
  const value = 5_000 + 7_500.015 + 2_500.01;
  expect(formatScaled(walletOf(account, 'USDT').cash)).toBe(String(100_000 - value * 0.00055));
});

test('what a market order cannot get is cancelled, and a second one meets what is left', () => {
  const account = openAccount('50000', '0.001');
  const { events } = place(account, { quantity: lots('2') });
  const filled = positionOf(account, BTC).quantity;
  expect(states(events)).toEqual(['partiallyFilled:', 'cancelled:noLiquidity']);
  expect(filled).toBeLessThan(lots('2'));
  const second = place(account, { quantity: lots('0.1') });
  expect(fills(second.events)).toEqual([]);
  expect(states(second.events)).toEqual(['cancelled:noLiquidity']);
});

test('a resting order fills by the volume that trades at or through its price', () => {
  const account = openAccount('50000');
  const { order } = place(account, { type: 'limit', price: at('49990'), quantity: lots('0.5') });
  expect(fills(applyPrint(account, BTC, print('49990.1', '9'), 2))).toEqual([]);
  expect(fills(applyPrint(account, BTC, print('49990', '0.2'), 3))).toEqual(['0.2@49990']);
  expect(account.open.get(order.id)?.status).toBe('partiallyFilled');
  expect(fills(applyPrint(account, BTC, print('49980', '7'), 4))).toEqual(['0.3@49990']);
  expect(account.open.size).toBe(0);
});

test('two resting orders share a print: better price first, then age', () => {
  const account = openAccount('50000');
  const older = place(account, { type: 'limit', price: at('49990'), quantity: lots('0.2') });
  const newer = place(account, { type: 'limit', price: at('49990'), quantity: lots('0.2') });
  const better = place(account, { type: 'limit', price: at('49995'), quantity: lots('0.2') });
  applyPrint(account, BTC, print('49985', '0.5'), 2);
  expect(account.open.has(better.order.id)).toBe(false);
  expect(account.open.has(older.order.id)).toBe(false);
  expect(account.open.get(newer.order.id)?.filled).toBe(lots('0.1'));
});

test('GTC takes and rests, IOC ends, FOK is all or nothing, PostOnly never takes', () => {
  const limit = { type: 'limit', price: at('50000'), quantity: lots('3') } as const;
  expect(states(place(openAccount(), limit).events)).toEqual(['partiallyFilled:']);
  expect(states(place(openAccount(), { ...limit, timeInForce: 'ioc' }).events)).toEqual([
    'partiallyFilled:',
    'cancelled:noImmediateQuantity',
  ]);
  const fok = place(openAccount(), { ...limit, timeInForce: 'fok' });
  expect(states(fok.events)).toEqual(['cancelled:noImmediateQuantity']);
  expect(fills(fok.events)).toEqual([]);
  expect(states(place(openAccount(), { ...limit, timeInForce: 'postOnly' }).events)).toEqual([
    'cancelled:postOnlyWouldTake',
  ]);
});

test('a stop waits for its trigger, then sells at market what the position still is', () => {
  const account = openAccount('50000', '5');
  place(account, { quantity: lots('0.4') });
  const { order } = place(account, {
    side: 'sell',
    quantity: lots('0.5'),
    reduceOnly: true,
    trigger: { price: at('49900'), direction: 'fall' },
  });
  expect(order.status).toBe('untriggered');
  expect(applyPrint(account, BTC, print('49900.1', '5', '5'), 2)).toEqual([]);
  const events = applyPrint(account, BTC, print('49900', '5', '5'), 3);
  expect(fills(events)).toEqual(['0.4@49899.9']);
  expect(states(events)).toEqual(['triggered:', 'partiallyFilled:', 'cancelled:byReduceOnly']);
  expect(held(account)).toBe('0');
});

test('when the target makes the position flat the venue ends the stop', () => {
  const account = openAccount('50000', '5');
  place(account, { quantity: lots('0.4') });
  const exit = { side: 'sell', quantity: lots('0.4'), reduceOnly: true } as const;
  place(account, { ...exit, type: 'limit', price: at('50100') });
  place(account, { ...exit, trigger: { price: at('49900'), direction: 'fall' } });
  const events = applyPrint(account, BTC, print('50100', '5'), 2);
  expect(fills(events)).toEqual(['0.4@50100']);
  expect(states(events)).toEqual(['filled:', 'deactivated:byReduceOnly']);
  expect(account.open.size).toBe(0);
});

test.each<[RefusalCode, Partial<OrderSpec>]>([
  ['OFF_TICK', { type: 'limit', price: at('49999.95') }],
  ['OFF_TICK', { trigger: { price: at('49999.95'), direction: 'fall' } }],
  ['OFF_LOT', { quantity: lots('0.0015') }],
  ['BELOW_MIN_QUANTITY', { quantity: lots('0.0001') }],
  ['ABOVE_MAX_QUANTITY', { quantity: lots('1001') }],
  ['ABOVE_MAX_QUANTITY', { type: 'limit', price: at('50000'), quantity: lots('5001') }],
  ['INSUFFICIENT_BALANCE', { type: 'limit', price: at('50000'), quantity: lots('5000') }],
  ['BELOW_MIN_NOTIONAL', { type: 'limit', price: at('100'), quantity: lots('0.001') }],
  ['PRICE_MISSING', { type: 'limit', price: null }],
  ['TRIGGER_WRONG_SIDE', { trigger: { price: at('50000'), direction: 'rise' } }],
  ['TRIGGER_WRONG_SIDE', { trigger: { price: at('50100'), direction: 'fall' } }],
  ['NO_POSITION_TO_REDUCE', { side: 'sell', reduceOnly: true }],
  ['INSUFFICIENT_BALANCE', { quantity: lots('25') }],
  ['LINK_ID_MALFORMED', { linkId: 'a'.repeat(37) }],
  ['LINK_ID_MALFORMED', { linkId: 'with space' }],
])('%s is refused and changes nothing', (code, given) => {
  const account = openAccount();
  const outcome = placeOrder(account, spec(given), 1);
  expect(outcome.ok ? 'accepted' : outcome.refusal.code).toBe(code);
  expect(account.open.size).toBe(0);
  expect(account.linkIds.size).toBe(0);
});

test('an orderLinkId is never taken twice, also after a restart', () => {
  const account = openAccount();
  const first = accepted(placeOrder(account, spec({ linkId: 'once' }), 1));
  expect(placeOrder(account, spec({ linkId: 'once' }), 2)).toMatchObject({
    refusal: { code: 'DUPLICATE_LINK_ID' },
  });
  const restarted = openAccount();
  restoreEvents(restarted, first.events);
  expect(placeOrder(restarted, spec({ linkId: 'once' }), 3).ok).toBe(false);
  expect(held(restarted)).toBe(held(account));
  expect(restarted.cash).toEqual(account.cash);
});

test('cancel and amend act on open orders only', () => {
  const account = openAccount();
  const { order } = place(account, { type: 'limit', price: at('49000'), quantity: lots('0.2') });
  const amended = accepted(amendOrder(account, order.id, { price: at('49500') }, 2));
  expect(amended.order.price).toBe(at('49500'));
  expect(amendOrder(account, order.id, { price: at('49500') }, 2)).toMatchObject({
    refusal: { code: 'NOTHING_TO_AMEND' },
  });
  const crossing = accepted(amendOrder(account, order.id, { price: at('50000') }, 3));
  expect(fills(crossing.events)).toEqual(['0.2@50000']);
  expect(cancelOrder(account, order.id, 4)).toMatchObject({ refusal: { code: 'ORDER_NOT_FOUND' } });
  const other = place(account, { type: 'limit', price: at('49000') });
  expect(accepted(cancelOrder(account, other.order.id, 5)).order).toMatchObject({
    status: 'cancelled',
    endReason: 'byUser',
  });
});

test('margin: what is tied up cannot be used again, and a round trip frees it', () => {
  const account = openAccount('50000', '50');
  place(account, { quantity: lots('15') });
  expect(walletOf(account, 'USDT').positionMargin).toBe(positionOf(account, BTC).cost / 10n);
  expect(placeOrder(account, spec({ quantity: lots('6') }), 2)).toMatchObject({
    refusal: { code: 'INSUFFICIENT_BALANCE' },
  });
  place(account, { side: 'sell', quantity: lots('15') });
  const { cash, available } = walletOf(account, 'USDT');
  expect(available).toBe(cash);
  expect(cash).toBeLessThan(START_CASH);
});
