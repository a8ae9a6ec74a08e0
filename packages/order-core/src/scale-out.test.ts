import {
  notional,
  parsePrice,
  parseQuantity,
  parseScaled,
  type Quantity,
  type Side,
} from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLive, leavesQuantity } from './order.ts';
import { idOf, INSTRUMENT, opened, planOf, START, units } from './sample-trade.fixture.ts';
import { isTakeable, nearestScaleOuts, restTooSmall, scaleOutRoom } from './scale-out.ts';
import { inSlot, slotsOf } from './slots.ts';
import { step } from './step.ts';
import type { Trade } from './trade.ts';

const AT = START + 1;
const TARGETS = ['110', '120', '130'];
const FRACTIONS = [['1'], ['0.5', '0.5'], ['0.25', '0.25', '0.5']] as const;

/** Two parts of 5, of which the venue takes 2 at least. */
const BASE: Shape = {
  ...{ quantity: 10, parts: ['0.5', '0.5'], least: 2, minNotional: 0, exits: 'reserved' },
};

type Shape = {
  readonly quantity: number;
  readonly parts: readonly string[];
  readonly least: number;
  readonly minNotional: number;
  readonly exits: 'reduceOnly' | 'reserved';
};

function filled(trade: Trade, role: 'entry' | 'close', side: Side, count: number): Trade {
  const clientOrderId = idOf(role);
  const fill = {
    ...{ venue: 'model', account: 'one', executionId: role, revision: 0, venueOrderId: 'v' },
    ...{ clientOrderId, instrument: INSTRUMENT.id, side, price: parsePrice('100') },
    ...{ quantity: units(count), fee: { amount: 0n, currency: 'USDT' }, eventTime: AT },
    liquidity: 'taker',
  } as const;
  return step(trade, { type: 'fill', at: AT, fill }).trade;
}

/** A long trade, entered whole, whose stop is at 90. */
function held({ quantity, parts, least, minNotional, exits }: Shape): Trade {
  const targets = parts.map((fraction, index) => {
    return { price: parsePrice(TARGETS[index] ?? ''), fraction: parseScaled(fraction) };
  });
  const [first] = targets;
  if (first === undefined) throw new Error('no target');
  const takeProfit =
    targets.length === 1
      ? ({ style: 'single', target: first.price } as const)
      : ({ style: 'scaled', targets, breakEvenAfterFirst: false } as const);
  const plan = planOf({ quantity, takeProfit });
  const limits = { minQuantity: units(least), minNotional: parseScaled(String(minNotional)) };
  const { trade } = opened(plan, { ...INSTRUMENT, ...limits }, exits);
  return filled(trade, 'entry', 'buy', quantity);
}

function scaledOut(trade: Trade, count: number): Trade {
  const asked = { type: 'scaleOutRequested', at: AT, reason: 'test' } as const;
  return step(trade, { ...asked, quantity: units(count) }).trade;
}

/** The trade once the venue has answered every request; it takes no exit that is too small. */
function answered(trade: Trade, shape: Shape): Trade {
  const { exits, least, minNotional } = shape;
  for (const { request, phase } of Object.values(trade.orders)) {
    const { clientOrderId, role, kind, quantity } = request;
    if (phase.status === 'submitting') {
      const price = 'triggerPrice' in kind ? kind.triggerPrice : parsePrice('100');
      const value = notional(price, quantity, INSTRUMENT.multiplier, 'USDT').amount;
      const small = exits === 'reserved' && value < parseScaled(String(minNotional));
      const asked = { at: AT, clientOrderId } as const;
      const answer =
        role !== 'entry' && (small || quantity < units(least))
          ? ({ type: 'submitRefused', ...asked, reason: 'too small' } as const)
          : ({ type: 'submitAccepted', ...asked, venueOrderId: 'v' } as const);
      return answered(step(trade, answer).trade, shape);
    }
    if (phase.status === 'cancelling') {
      const report = {
        ...{ clientOrderId, venueOrderId: 'v', instrument: INSTRUMENT.id, eventTime: AT },
        ...{ side: request.side, quantity, filledQuantityCum: units(0), reason: '' },
        status: 'cancelled',
      } as const;
      const after = step(trade, { type: 'report', at: AT, report }).trade;
      return answered(after, shape);
    }
  }
  return trade;
}

/** Parts of which something is held without a working stop for all of it. */
function uncovered(trade: Trade): number[] {
  return slotsOf(trade)
    .filter(({ index, quantity }) => {
      const working = inSlot(trade, 'stop', index).filter(isLive);
      return working.reduce((sum, order) => sum + leavesQuantity(order), 0n) < quantity;
    })
    .map(({ index }) => index);
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  quantity: fc.integer({ min: 1, max: 24 }),
  parts: fc.constantFrom(...FRACTIONS),
  least: fc.integer({ min: 1, max: 5 }),
  minNotional: fc.integer({ min: 0, max: 500 }),
  exits: fc.constantFrom('reduceOnly' as const, 'reserved' as const),
});

const fits = (trade: Trade, asked: Quantity): boolean => {
  const room = scaleOutRoom(trade);
  return isTakeable(room, asked) && restTooSmall(room, asked) === null;
};

test('after a scale-out every part has a stop that the venue takes', () => {
  let [taken, refused] = [0, 0];
  fc.assert(
    fc.property(shapes, fc.integer({ min: 1, max: 24 }), (shape, count) => {
      const before = answered(held(shape), shape);
      // A plan of smaller parts is denied.
      if (count > shape.quantity || uncovered(before).length > 0) return;
      if (!fits(before, units(count))) {
        refused += 1;
        return;
      }
      taken += 1;
      const leaving = answered(scaledOut(before, count), shape);
      const after = answered(filled(leaving, 'close', 'sell', count), shape);
      expect(uncovered(after)).toEqual([]);
    }),
    { examples: [[BASE, 4]] },
  );
  expect([taken > 0, refused > 0]).toEqual([true, true]);
});

test('what could be closed instead is what is next to it of all that could be', () => {
  fc.assert(
    fc.property(shapes, fc.integer({ min: 1, max: 24 }), fc.nat(24), (shape, count, earlier) => {
      const whole = held(shape);
      const trade = earlier > 0 && earlier < shape.quantity ? scaledOut(whole, earlier) : whole;
      const room = scaleOutRoom(trade);
      if (units(count) > room.held || fits(trade, units(count))) return;
      const all = Array.from({ length: 24 }, (_, index) => index + 1).filter((other) => {
        return units(other) <= room.held && fits(trade, units(other));
      });
      const next = [all.findLast((other) => other < count), all.find((other) => other > count)];
      expect(nearestScaleOuts(room, units(count))).toEqual(
        next.filter((other) => other !== undefined).map(units),
      );
    }),
  );
});

test('what earlier commands have asked for is gone from the last part first', () => {
  const room = scaleOutRoom(scaledOut(held(BASE), 7));
  expect(room).toMatchObject({ held: units(3), parts: [units(3)] });
  expect(restTooSmall(room, units(2))).toBe(units(1));
  expect(nearestScaleOuts(room, units(2))).toEqual([units(3)]);
});

test.each([
  ['reserved', '0', '2'],
  ['reserved', '271', '4'],
  ['reduceOnly', '271', '2'],
] as const)('where exits are %s a value of %s needs at least %s', (exits, minNotional, least) => {
  const trade = held({ ...BASE, exits, minNotional: Number(minNotional) });
  expect(scaleOutRoom(trade).least).toBe(parseQuantity(least));
});

test('all of a position that is worth too little may be closed, a part of it not', () => {
  const trade = held({ ...BASE, minNotional: 1_000 });
  expect([fits(trade, units(10)), fits(trade, units(9))]).toEqual([true, false]);
});
