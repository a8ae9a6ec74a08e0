import {
  type Fill,
  parsePrice,
  parseScaled,
  parseSignedQuantity,
  type Price,
  type Quantity,
} from '@ballast/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyFill, entryPrice, flat, type Position, unrealised } from './ledger.ts';

const ONE = 10n ** 18n;
type Booked = Pick<Fill, 'side' | 'price' | 'quantity' | 'fee'>;

function fill(side: 'buy' | 'sell', price: string, quantity: string, fee = '0'): Booked {
  return {
    side,
    price: parsePrice(price),
    quantity: parseSignedQuantity(quantity),
    fee: { amount: parseScaled(fee), currency: 'USDT' },
  };
}

const fold = (fills: readonly Booked[], multiplier = ONE): Position =>
  fills.reduce((position, next) => applyFill(position, next, multiplier), flat('USDT'));

/**
 * Venue prices have up to 8 and quantities up to 8 decimals: their product is exact at scale 18.
 */
const exactFill = fc.record({
  side: fc.constantFrom('buy', 'sell'),
  price: fc.bigInt({ min: 1n, max: 10n ** 14n }).map((value) => (value * 10n ** 10n) as Price),
  quantity: fc
    .bigInt({ min: 1n, max: 10n ** 12n })
    .map((value) => (value * 10n ** 10n) as Quantity),
  fee: fc
    .bigInt({ min: -(10n ** 18n), max: 10n ** 18n })
    .map((amount) => ({ amount, currency: 'USDT' })),
});
/** Any digits at all: each product is rounded. */
const anyFill = fc.record({
  side: fc.constantFrom('buy', 'sell'),
  price: fc.bigInt({ min: 1n, max: 10n ** 23n }).map((value) => value as Price),
  quantity: fc.bigInt({ min: 1n, max: 10n ** 21n }).map((value) => value as Quantity),
  fee: fc.constant({ amount: 0n, currency: 'USDT' }),
});

const signedValue = ({ side, price, quantity }: Booked): bigint => {
  const product = price * quantity;
  const floor = product / ONE;
  const twice = 2n * (product % ONE);
  const value = twice > ONE || (twice === ONE && floor % 2n === 1n) ? floor + 1n : floor;
  return side === 'buy' ? value : -value;
};
const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

describe('examples', () => {
  test.each([
    ['opens long', [fill('buy', '100', '2')], '2', '200', '0'],
    ['adds at another price', [fill('buy', '100', '2'), fill('buy', '110', '2')], '4', '420', '0'],
    ['exits a part', [fill('buy', '100', '2'), fill('sell', '110', '0.5')], '1.5', '150', '5'],
    ['exits whole', [fill('buy', '100', '2'), fill('sell', '90', '2')], '0', '0', '-20'],
    ['opens short', [fill('sell', '100', '2')], '-2', '-200', '0'],
    ['covers a part', [fill('sell', '100', '2'), fill('buy', '90', '1')], '-1', '-100', '10'],
    [
      'turns long to short',
      [fill('buy', '100', '1'), fill('sell', '110', '3')],
      '-2',
      '-220',
      '10',
    ],
    ['turns short to long', [fill('sell', '100', '1'), fill('buy', '90', '3')], '2', '180', '10'],
  ])('%s', (_, fills, quantity, cost, realised) => {
    const position = fold(fills);
    expect(position.quantity).toBe(parseScaled(quantity));
    expect(position.cost).toBe(parseScaled(cost));
    expect(position.realisedCum).toBe(parseScaled(realised));
  });

  test('fees add up by currency, rebates against them, and stay out of realised', () => {
    const base = { ...fill('buy', '100', '1'), fee: { amount: 7n, currency: 'BTC' } };
    const position = fold([fill('buy', '100', '1', '0.5'), fill('sell', '100', '1', '-0.1'), base]);
    expect(position.feesCum).toEqual({ USDT: parseScaled('0.4'), BTC: 7n });
    expect(position.realisedCum).toBe(0n);
  });

  test('a contract that stands for ten units counts ten times', () => {
    const position = fold([fill('buy', '100', '1'), fill('sell', '101', '1')], 10n * ONE);
    expect(position.realisedCum).toBe(parseScaled('10'));
  });

  test('entry price and unrealised amount', () => {
    const long = fold([fill('buy', '100', '1'), fill('buy', '110', '3')]);
    expect(entryPrice(long, ONE)).toBe(parseScaled('107.5'));
    expect(unrealised(long, parsePrice('108'), ONE)).toBe(parseScaled('2'));
    const short = fold([fill('sell', '100', '2')]);
    expect(entryPrice(short, ONE)).toBe(parseScaled('100'));
    expect(unrealised(short, parsePrice('90'), ONE)).toBe(parseScaled('20'));
    expect(entryPrice(flat('USDT'), ONE)).toBeNull();
  });
});

describe('whatever the fills', () => {
  test('cost less realised is the cash that went in, digit for digit', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(exactFill, anyFill), { maxLength: 30 }), (fills) => {
        const position = fold(fills);
        expect(position.cost - position.realisedCum).toBe(sum(fills.map(signedValue)));
      }),
    );
  });

  test('flat again: no cost is left, and realised is what came back', () => {
    fc.assert(
      fc.property(fc.array(anyFill, { minLength: 1, maxLength: 20 }), anyFill, (fills, last) => {
        const held = fold(fills).quantity;
        fc.pre(held !== 0n);
        const quantity = (held > 0n ? held : -held) as Quantity;
        const side = held > 0n ? ('sell' as const) : ('buy' as const);
        const all = [...fills, { ...last, side, quantity }];
        const position = fold(all);
        expect(position.quantity).toBe(0n);
        expect(position.cost).toBe(0n);
        expect(position.realisedCum).toBe(-sum(all.map(signedValue)));
      }),
    );
  });

  test('quantity and cost never have different signs', () => {
    fc.assert(
      fc.property(fc.array(exactFill, { maxLength: 30 }), (fills) => {
        const { quantity, cost } = fold(fills);
        expect(quantity > 0n ? cost >= 0n : quantity < 0n ? cost <= 0n : cost === 0n).toBe(true);
      }),
    );
  });

  test('fills of one side in any order make the same position', () => {
    const shuffled = fc
      .array(exactFill, { minLength: 1, maxLength: 12 })
      .chain((fills) =>
        fc.tuple(
          fc.constant(fills),
          fc.shuffledSubarray(fills, { minLength: fills.length, maxLength: fills.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, fc.constantFrom('buy' as const, 'sell' as const), ([a, b], side) => {
        const oneSided = (fills: readonly Booked[]): Booked[] => fills.map((f) => ({ ...f, side }));
        expect(fold(oneSided(a))).toEqual(fold(oneSided(b)));
      }),
    );
  });
});
