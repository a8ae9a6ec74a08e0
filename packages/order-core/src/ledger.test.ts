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
import { foldBooked } from './fold.ts';
import { applyFill, entryPrice, flat, movedBy, type Position, unrealised } from './ledger.ts';
import type { BookedFill } from './trade.ts';

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
  fills.reduce(
    (position, next) => applyFill(position, next, { multiplier, baseCurrency: 'BTC' }),
    flat('USDT'),
  );

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
    const other = { ...fill('buy', '100', '1'), fee: { amount: 7n, currency: 'BNB' } };
    const position = fold([
      fill('buy', '100', '1', '0.5'),
      fill('sell', '100', '1', '-0.1'),
      other,
    ]);
    expect(position.feesCum).toEqual({ USDT: parseScaled('0.4'), BNB: 7n });
    expect(position.quantity).toBe(ONE);
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

/** Fees in the quote currency, in the base, or in a third one. */
const feeFill = fc
  .tuple(exactFill, fc.constantFrom('USDT', 'BTC', 'BNB'), fc.bigInt({ min: -50n, max: 50n }))
  .map(([booked, currency, promille]) => {
    const amount = (booked.quantity * promille) / 1_000n;
    return { ...booked, fee: { amount, currency } };
  });

describe('fees in the base currency', () => {
  test('a buy holds what is left, and its cost is the cash that went in', () => {
    const bought = { ...fill('buy', '100', '1'), fee: { amount: ONE / 1_000n, currency: 'BTC' } };
    const held = fold([bought]);
    expect(held.quantity).toBe(parseScaled('0.999'));
    expect(held.cost).toBe(parseScaled('100'));
    expect(held.feesCum).toEqual({ BTC: ONE / 1_000n });
    const sold = fold([bought, fill('sell', '100', '0.999')]);
    expect([sold.quantity, sold.cost, sold.realisedCum]).toEqual([0n, 0n, parseScaled('-0.1')]);
  });

  test('one that takes all that is held leaves no cost behind', () => {
    const eaten = { ...fill('sell', '100', '0.5'), fee: { amount: ONE, currency: 'BTC' } };
    const position = fold([fill('buy', '100', '1'), eaten]);
    expect([position.quantity, position.cost]).toEqual([-ONE / 2n, 0n]);
    expect(position.realisedCum).toBe(parseScaled('-50'));
  });

  test('quantity, cash and signs hold for any mix of fees', () => {
    fc.assert(
      fc.property(fc.array(feeFill, { maxLength: 30 }), (fills) => {
        const position = fold(fills);
        const bases = fills.filter(({ fee }) => fee.currency === 'BTC');
        const signed = fills.map(({ side, quantity }) => (side === 'buy' ? quantity : -quantity));
        expect(position.quantity).toBe(sum(signed) - sum(bases.map(({ fee }) => fee.amount)));
        expect(position.cost - position.realisedCum).toBe(sum(fills.map(signedValue)));
        const { quantity, cost } = position;
        expect(quantity > 0n ? cost >= 0n : quantity < 0n ? cost <= 0n : cost === 0n).toBe(true);
      }),
    );
  });

  test('corrections refold to what the last words of the venue make, and the account follows', () => {
    const told = fc.array(fc.tuple(feeFill, fc.array(feeFill, { maxLength: 2 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(told, fc.array(fc.nat()), (executions, order) => {
        const terms = { multiplier: ONE, baseCurrency: 'BTC', quoteCurrency: 'USDT' };
        const booked = executions.map(([first], index) => asBooked(first, index, 0));
        let account = flat('USDT');
        let before = flat('USDT');
        const follow = (): void => {
          const after = foldBooked(booked, terms);
          account = movedBy(account, before, after);
          before = after;
        };
        follow();
        const revisions = executions.flatMap(([, later], index) =>
          later.map((fill, at) => ({ fill, index, revision: at + 1 })),
        );
        for (const { fill: next, index, revision } of shuffled(revisions, order)) {
          const known = booked[index];
          if (known === undefined || known.revision >= revision) continue;
          booked[index] = asBooked(next, index, revision);
          follow();
        }
        const last = executions.map(([first, later], index) =>
          asBooked(later.at(-1) ?? first, index, later.length),
        );
        expect(before).toEqual(foldBooked(last, terms));
        const paid = Object.entries(account.feesCum).filter(([, amount]) => amount !== 0n);
        const due = Object.entries(before.feesCum).filter(([, amount]) => amount !== 0n);
        expect(Object.fromEntries(paid)).toEqual(Object.fromEntries(due));
        const { feesCum: _account, ...rest } = account;
        const { feesCum: _trade, ...same } = before;
        expect(rest).toEqual(same);
      }),
    );
  });
});

function asBooked(told: Booked, index: number, revision: number): BookedFill {
  return { ...told, executionId: String(index), revision, clientOrderId: '' };
}

/** In an order that `picks` give. */
function shuffled<T>(rows: readonly T[], picks: readonly number[]): T[] {
  return rows
    .map((row, index) => [picks[index] ?? index, row] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, row]) => row);
}
