import { type OrderRole, parseQuantity, type Quantity } from '@ballast/domain';
import { expect, test } from 'vitest';
import { partOf } from './exit-size.ts';
import { accepted, clock, fill, filledEntry, run } from './input-samples.fixture.ts';
import { isLive } from './order.ts';
import { idOf, INSTRUMENT, opened, planOf, START, units } from './sample-trade.fixture.ts';
import { ordersOf, type Trade } from './trade.ts';

const lowered = (most: number) =>
  ({ type: 'maxQuantityChanged', at: START, maxQuantity: units(most) }) as const;
/** Quantities of the orders of a role that may still trade. */
const live = (trade: Trade, role: OrderRole): Quantity[] =>
  ordersOf(trade, role)
    .filter(isLive)
    .map(({ request }) => request.quantity);

test.each(['reduceOnly', 'reserved'] as const)(
  'a position above the newest limit is closed in parts within it, where exits are %s',
  (exits) => {
    const start = opened(planOf({ quantity: 10 }), INSTRUMENT, exits);
    let result = run(start, ...filledEntry(10), accepted(idOf('stop')));
    if (exits === 'reduceOnly') result = run(result, accepted(idOf('target')));
    result = run(result, lowered(4));
    expect(result.events[0]).toEqual({
      ...{ type: 'maxQuantityFollowed', from: INSTRUMENT.maxQuantity, to: units(4) },
    });
    expect(live(result.trade, 'stop'), 'what rests keeps its size').toEqual([units(10)]);
    result = run(result, { type: 'closeRequested', at: START, reason: 'operator' });
    if (exits === 'reserved') result = run(result, cancelledStop());
    const sizes: Quantity[] = [];
    for (let part = 0; part < 3; part += 1) {
      const close = ordersOf(result.trade, 'close').at(-1);
      if (close === undefined) throw new Error('no close');
      const { clientOrderId: id, quantity } = close.request;
      sizes.push(quantity);
      result = run(result, accepted(id), fill(id, 'sell', Number(quantity / 10n ** 18n)));
    }
    expect(sizes).toEqual([units(4), units(4), units(2)]);
    expect(ordersOf(result.trade, 'close')).toHaveLength(3);
    expect(result.trade.position.quantity).toBe(0n);
  },
);

test('stops of what is bought after the change are parts of it, and none is surplus', () => {
  const start = run(opened(planOf({ quantity: 10 })), lowered(4));
  let result = run(start, ...filledEntry(10));
  for (let part = 0; part < 3; part += 1) {
    result = run(result, accepted(idOf('stop', part)), accepted(idOf('target', part)));
  }
  expect(live(result.trade, 'stop')).toEqual([units(4), units(4), units(2)]);
  expect(live(result.trade, 'target')).toEqual([units(4), units(4), units(2)]);
  const later = run(result, clock(START + 60_000));
  expect([later.events, later.effects]).toEqual([[], []]);
  expect(result.trade.unprotectedSince).toBeNull();
});

test('more parts than there may be stops are an incident, and nothing is sent in vain', () => {
  const start = run(opened(planOf({ quantity: 100 })), lowered(10));
  let result = run(start, ...filledEntry(100));
  for (let part = 0; part < 6; part += 1) {
    result = run(result, accepted(idOf('stop', part)), accepted(idOf('target', part)));
  }
  expect(live(result.trade, 'stop')).toHaveLength(6);
  const told = run(result, clock(START + 5_000));
  expect(told.events).toContainEqual({ type: 'protectionLost' });
  const cancels = [...result.effects, ...told.effects].filter(({ type }) => type === 'cancel');
  expect(cancels).toEqual([]);
});

test.each([
  ['is no whole number of lots', { maxQuantity: parseQuantity('10.5') }, 65],
  ['is spared for a last part', { minQuantity: parseQuantity('3') }, 62],
])('no stop makes room for one that is no larger, where the most %s', (_, change, quantity) => {
  const instrument = { ...INSTRUMENT, maxQuantity: parseQuantity('10'), ...change };
  const start = opened(planOf({ quantity }), instrument);
  let result = run(start, ...filledEntry(quantity));
  const cancels: string[] = [];
  for (let part = 0; part < 12; part += 1) {
    const news = [accepted(idOf('stop', part)), accepted(idOf('target', part))];
    for (const input of news) {
      const order = result.trade.orders['clientOrderId' in input ? input.clientOrderId : ''];
      if (order?.phase.status !== 'submitting') continue;
      result = run(result, input);
      cancels.push(...result.effects.flatMap(({ type }) => (type === 'cancel' ? [type] : [])));
    }
  }
  expect(live(result.trade, 'stop')).toHaveLength(6);
  expect(cancels).toEqual([]);
});

test('the last part is not left below the least order', () => {
  const least = {
    ...INSTRUMENT,
    minQuantity: parseQuantity('3'),
    maxQuantity: parseQuantity('10'),
  };
  expect(partOf(units(12), least)).toBe(units(9));
  expect(partOf(units(13), least)).toBe(units(10));
  expect(partOf(units(10), least)).toBe(units(10));
});

function cancelledStop() {
  const id = idOf('stop');
  const order = { clientOrderId: id, venueOrderId: `v-${id}`, instrument: INSTRUMENT.id };
  const state = { side: 'sell', quantity: units(10), filledQuantityCum: units(0) } as const;
  const report = { ...order, ...state, status: 'cancelled', reason: '', eventTime: START } as const;
  return { type: 'report', at: START, report } as const;
}
