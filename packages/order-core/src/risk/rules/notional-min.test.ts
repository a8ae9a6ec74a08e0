import {
  formatPrice,
  notional,
  parsePrice,
  parseQuantity,
  parseScaled,
  type TakeProfit,
  type TradePlan,
} from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { approveExit } from '../../approve.ts';
import { capabilitiesOf, INSTRUMENT, opened, planOf } from '../../sample-trade.fixture.ts';
import { capacities } from '../../slots.ts';
import { instrumentWith, outcomeOf, venueWith, verdictOf } from '../facts.fixture.ts';

const venueOf = (exits: 'reserved' | 'reduceOnly') =>
  venueWith({ capabilities: capabilitiesOf(exits) });
const of = (minNotional: string, exits: 'reserved' | 'reduceOnly') => {
  const instrument = instrumentWith({ minNotional: parseScaled(minNotional) });
  return { facts: { ...instrument, ...venueOf(exits) } };
};
const scaled = (...targets: readonly [price: string, fraction: string][]): TakeProfit => ({
  style: 'scaled',
  breakEvenAfterFirst: false,
  targets: targets.map(([price, fraction]) => {
    return { price: parsePrice(price), fraction: parseScaled(fraction) };
  }),
});
const parts: Partial<TradePlan> = { takeProfit: scaled(['105', '0.3'], ['110', '0.7']) };

/** 10 at 100 with a stop at 90: worth 1,000 as an entry, 900 at its stop. */
test.each([
  ['reserved', '900', 'pass'],
  ['reserved', '900.000000000000000001', 'deny'],
  ['reduceOnly', '1000', 'pass'],
  ['reduceOnly', '1000.000000000000000001', 'deny'],
] as const)('exits %s, least value %s: %s', (exits, minNotional, outcome) => {
  expect(outcomeOf('NOTIONAL_TOO_SMALL', of(minNotional, exits))).toBe(outcome);
});

test.each([
  ['reserved', '270', 'pass'],
  ['reserved', '270.1', 'deny'],
  ['reduceOnly', '270.1', 'pass'],
] as const)('the smallest part leaves as 3 at 90: exits %s, least value %s: %s', (...row) => {
  const [exits, minNotional, outcome] = row;
  expect(outcomeOf('NOTIONAL_TOO_SMALL', { ...of(minNotional, exits), plan: parts })).toBe(outcome);
});

test('the lowest level of a short is its furthest target', () => {
  const plan = planOf({ direction: 'short' });
  expect(outcomeOf('NOTIONAL_TOO_SMALL', { ...of('900', 'reserved'), plan })).toBe('pass');
  expect(outcomeOf('NOTIONAL_TOO_SMALL', { ...of('900.1', 'reserved'), plan })).toBe('deny');
});

test('it is shown which order is too small', () => {
  const { input, limit } = verdictOf('NOTIONAL_TOO_SMALL', {
    ...of('300', 'reserved'),
    plan: parts,
  });
  expect([input, limit]).toEqual(['270 USDT for an exit of 3 at 90', 'at least 300 USDT']);
  const entry = verdictOf('NOTIONAL_TOO_SMALL', of('5', 'reduceOnly'));
  expect(entry.input).toBe('1000 USDT');
});

test('where nobody knows how exits are taken they are judged as well', () => {
  const { facts } = of('900.1', 'reduceOnly');
  expect(outcomeOf('NOTIONAL_TOO_SMALL', { facts: { ...facts, venue: null } })).toBe('deny');
});

test('a plan that passes makes no exit that such a venue refuses for its value', () => {
  const price = (from: number, to: number) => {
    return fc.integer({ min: from, max: to }).map((ticks) => parsePrice(String(ticks / 10)));
  };
  const plans = fc.record({
    direction: fc.constantFrom('long' as const, 'short' as const),
    quantity: fc.integer({ min: 2, max: 50 }).map((count) => parseQuantity(String(count))),
    below: price(500, 999),
    above: price(1001, 1500),
    takeProfit: fc.constantFrom('single' as const, 'scaled' as const),
  });
  let [passed, denied] = [0, 0];
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 3_000 }), (shape, minNotional) => {
      const { direction, quantity, below, above } = shape;
      const [stop, target] = direction === 'long' ? [below, above] : [above, below];
      const takeProfit: TakeProfit =
        shape.takeProfit === 'single'
          ? { style: 'single', target }
          : scaled([direction === 'long' ? '100.1' : '99.9', '0.5'], [formatPrice(target), '0.5']);
      const plan = { ...planOf({ direction, takeProfit }), stop, quantity };
      const least = parseScaled(String(minNotional));
      const changes = { ...of(String(minNotional), 'reserved'), plan };
      if (outcomeOf('NOTIONAL_TOO_SMALL', changes) === 'deny') {
        denied += 1;
        return;
      }
      passed += 1;
      const { trade } = opened(plan, { ...INSTRUMENT, minNotional: least }, 'reserved');
      for (const [slot, part] of capacities(trade).entries()) {
        for (const role of ['stop', 'target'] as const) {
          const { kind } = approveExit(trade, { role, slot, quantity: part, notBefore: 0 });
          const at =
            'triggerPrice' in kind ? kind.triggerPrice : 'price' in kind ? kind.price : null;
          if (at === null) throw new Error('a stop or target without a price');
          expect(notional(at, part, INSTRUMENT.multiplier, 'USDT').amount >= least).toBe(true);
        }
      }
    }),
  );
  expect([passed > 0, denied > 0]).toEqual([true, true]);
});
