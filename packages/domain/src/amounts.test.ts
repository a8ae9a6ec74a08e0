import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  absoluteQuantity,
  addMoney,
  addQuantity,
  averagePrice,
  formatMoney,
  formatPrice,
  formatQuantity,
  minQuantity,
  negateQuantity,
  notional,
  parseMoney,
  parsePrice,
  parseQuantity,
  parseSignedQuantity,
  type Price,
  priceDistance,
  type Quantity,
  roundToStep,
  subtractQuantity,
  toNumber,
  zeroMoney,
} from './amounts.ts';
import { formatScaled, parseScaled } from './decimal.ts';
import { BrokenInvariant } from './errors.ts';

const ONE = 10n ** 18n;
const refusal = (code: string) => expect.objectContaining({ code });

describe('what each amount takes', () => {
  test.each(['0', '-0', '-0.1', '0.000'])('a price of %s is none', (text) => {
    expect(() => parsePrice(text)).toThrow(refusal('PRICE_NOT_POSITIVE'));
  });
  test('a quantity may be zero and a signed one below it', () => {
    expect(parseQuantity('0')).toBe(0n);
    expect(() => parseQuantity('-0.000000000000000001')).toThrow(refusal('QUANTITY_NEGATIVE'));
    expect(parseSignedQuantity('-1')).toBe(-ONE);
  });
  test.each([parsePrice, parseQuantity, parseSignedQuantity])('digits only: %o', (parse) => {
    for (const text of ['', 'NaN', '1e5', '1,0']) {
      expect(() => parse(text)).toThrow(refusal('NOT_A_DECIMAL'));
    }
  });
  test('texts come back', () => {
    expect(formatPrice(parsePrice('0.10'))).toBe('0.1');
    expect(formatQuantity(parseSignedQuantity('-3.50'))).toBe('-3.5');
    expect(formatMoney(parseMoney('-12.00', 'USD'))).toBe('-12');
  });
});

describe('money', () => {
  test('adds in one currency only', () => {
    expect(addMoney(parseMoney('1.5', 'USD'), parseMoney('-2', 'USD'))).toEqual(
      parseMoney('-0.5', 'USD'),
    );
    expect(() => addMoney(zeroMoney('USD'), zeroMoney('EUR'))).toThrow(BrokenInvariant);
  });

  test('notional follows the sign of the quantity and the multiplier', () => {
    const value = notional(parsePrice('100.5'), parseSignedQuantity('-2'), 10n * ONE, 'USD');
    expect(value).toEqual(parseMoney('-2010', 'USD'));
  });

  test('the average price of one fill is its price', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 14n }).map((value) => value * 10n ** 10n);
    fc.assert(
      fc.property(amount, amount, fc.boolean(), (price, size, short) => {
        const quantity = (short ? -size : size) as Quantity;
        const cost = notional(price as Price, quantity, ONE, 'USD');
        expect(averagePrice(cost, quantity, ONE)).toBe(price);
      }),
    );
    expect(() => averagePrice(zeroMoney('USD'), 0n as Quantity, ONE)).toThrow(RangeError);
  });
});

describe('quantities and prices', () => {
  const quantity = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((q) => q as Quantity);
  test('sums, differences and signs', () => {
    fc.assert(
      fc.property(quantity, quantity, (a, b) => {
        expect(subtractQuantity(addQuantity(a, b), b)).toBe(a);
        expect(addQuantity(a, negateQuantity(a))).toBe(0n);
        expect(absoluteQuantity(a) >= 0n && absoluteQuantity(a) ** 2n === a ** 2n).toBe(true);
        expect(minQuantity(a, b) <= a && minQuantity(a, b) <= b).toBe(true);
        expect(priceDistance(a as bigint as Price, b as bigint as Price)).toBe(
          absoluteQuantity(subtractQuantity(a, b)),
        );
      }),
    );
  });

  test('a step is met from the named side', () => {
    const step = fc.bigInt({ min: 1n, max: 10n ** 20n });
    fc.assert(
      fc.property(quantity, step, (value, size) => {
        const [down, near, up] = (['floor', 'halfEven', 'ceil'] as const).map((rounding) =>
          roundToStep(value, size, rounding),
        );
        if (down === undefined || near === undefined || up === undefined) throw new Error('three');
        for (const rounded of [down, near, up]) expect(rounded % size).toBe(0n);
        expect(down <= value && value <= up && up - down <= size).toBe(true);
        expect(near === down || near === up).toBe(true);
        const far = near === down ? up - value : value - down;
        expect(far >= (near === down ? value - down : up - value)).toBe(true);
      }),
    );
  });

  test('a float is for charts', () => {
    expect(toNumber(parseScaled('-0.1'))).toBe(-0.1);
    expect(toNumber(parseScaled('67123.45'))).toBe(67_123.45);
  });

  test('a float is the one that its text reads as', () => {
    const scale = fc.constantFrom(1n, 10n ** 5n, 10n ** 9n, 10n ** 18n);
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), scale, (count, by) => {
        const value = count * by;
        expect(toNumber(value)).toBe(Number(formatScaled(value)));
      }),
    );
  });
});
