import { parseScaled } from '@ballast/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';
import {
  compareDecimals,
  createTickCheck,
  isBelow,
  isDecimal,
  isPositiveDecimal,
} from './decimal-check.ts';

const digits = (max: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: max })
    .map((all) => all.join(''));
const decimal = fc
  .tuple(digits(20), fc.option(digits(18), { nil: undefined }))
  .map(([whole, fraction]) => (fraction === undefined ? whole : `${whole}.${fraction}`));

function parses(text: string): boolean {
  try {
    return parseScaled(text) >= 0n && !text.startsWith('-');
  } catch {
    return false;
  }
}

describe('decimal checks', () => {
  test('take exactly what parseScaled takes, from zero up', () => {
    fc.assert(
      fc.property(
        fc.oneof(decimal, fc.string(), digits(25), fc.constantFrom('.', '1.', '.1')),
        (text) => {
          expect(isDecimal(text)).toBe(parses(text));
          expect(isPositiveDecimal(text)).toBe(parses(text) && parseScaled(text) > 0n);
        },
      ),
    );
  });

  test('order texts as exact numbers', () => {
    const padded = fc.tuple(fc.constantFrom('', '0', '00'), decimal).map((parts) => parts.join(''));
    fc.assert(
      fc.property(padded, padded, fc.nat(3), (a, b, zeros) => {
        const [x, y] = [parseScaled(a), parseScaled(b)];
        expect(Math.sign(compareDecimals(a, b))).toBe(x < y ? -1 : Number(x > y));
        const same = a.includes('.') ? a + '0'.repeat(zeros) : a;
        expect(compareDecimals(a, same)).toBe(0);
        expect(isBelow(a, b)).toBe(x < y);
      }),
    );
  });

  test('agree with exact division for any tick', () => {
    const ticks = fc.constantFrom(
      '1',
      '10',
      '5',
      '0.5',
      '0.05',
      '0.1',
      '0.0001',
      '0.00000025',
      '2500',
    );
    fc.assert(
      fc.property(ticks, decimal, fc.bigInt(0n, 10n ** 12n), (tick, text, multiple) => {
        const size = parseScaled(tick);
        const isOnTick = createTickCheck(size);
        expect(isOnTick(text)).toBe(parseScaled(text) % size === 0n);
        const scaled = (multiple * size).toString().padStart(19, '0');
        expect(isOnTick(`${scaled.slice(0, -18)}.${scaled.slice(-18)}`)).toBe(true);
      }),
    );
  });
});

describe('backOffMs', () => {
  test('doubles up to its limit and never leaves the upper half', () => {
    expect([0, 1, 2, 7, 100].map((attempt) => backOffMs(attempt, 0, 30_000))).toEqual([
      125, 250, 500, 15_000, 15_000,
    ]);
    expect(backOffMs(100, 0.999, 30_000)).toBeLessThanOrEqual(30_000);
  });
});
