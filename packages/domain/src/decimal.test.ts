import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  divide,
  divideScaled,
  formatScaled,
  multiplyScaled,
  parseScaled,
  type Rounding,
} from './decimal.ts';
import { InvalidInput } from './errors.ts';

const ONE = 10n ** 18n;
const LARGEST = 10n ** 38n - 1n;
const scaled = fc.bigInt({ min: -LARGEST, max: LARGEST });

describe('text', () => {
  test.each([
    ['0', 0n, '0'],
    ['-0', 0n, '0'],
    ['007.50', 75n * 10n ** 17n, '7.5'],
    ['-0.000000000000000001', -1n, '-0.000000000000000001'],
    ['99999999999999999999.999999999999999999', LARGEST, '99999999999999999999.999999999999999999'],
  ])('%s', (text, value, shortest) => {
    expect(parseScaled(text)).toBe(value);
    expect(formatScaled(value)).toBe(shortest);
  });

  test('every value comes back from its text, which is plain and has no idle zeros', () => {
    fc.assert(
      fc.property(scaled, (value) => {
        const text = formatScaled(value);
        expect(parseScaled(text)).toBe(value);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
      }),
    );
  });

  test.each([
    ...[
      '',
      ' ',
      ' 1',
      '1 ',
      '1\n',
      '\t1',
      '1 000',
      '1,5',
      '1_000',
      '+1',
      '--1',
      '-',
      '.',
      '1.',
      '.5',
    ],
    ...[
      'NaN',
      'Infinity',
      '-Infinity',
      'null',
      'undefined',
      '1e3',
      '1E-3',
      '0x10',
      '0b1',
      '1n',
      '１',
    ],
    ...['1.2.3', '1.0000000000000000000', '100000000000000000000', '#1'],
  ])('"%s" is not a plain decimal', (text) => {
    expect(() => parseScaled(text)).toThrow(InvalidInput);
    expect(() => parseScaled(text)).toThrow(expect.objectContaining({ code: 'NOT_A_DECIMAL' }));
  });

  test('a huge text is refused with a short message', () => {
    const thrown = (): unknown => parseScaled('9'.repeat(1_000_000));
    expect(thrown).toThrow(/^not a plain decimal: "9{40}…"$/);
  });

  test('text is refused, or read as what it says', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.eE ]{0,24}$/));
    fc.assert(
      fc.property(texts, (text) => {
        let value: bigint;
        try {
          value = parseScaled(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
          return;
        }
        expect(Number(text)).toBeCloseTo(Number(formatScaled(value)), 6);
      }),
    );
  });
});

describe('division', () => {
  /** Counts up from below until the next whole number is too much. */
  function slowly(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
    const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
    let below = -200n;
    while ((below + 1n) * d <= n) below += 1n;
    if (below * d === n || rounding === 'floor') return below;
    if (rounding === 'ceil') return below + 1n;
    const [down, up] = [n - below * d, (below + 1n) * d - n];
    if (down !== up) return down < up ? below : below + 1n;
    return below % 2n === 0n ? below : below + 1n;
  }

  const mode = fc.constantFrom<Rounding>('floor', 'ceil', 'halfEven');
  const small = fc.bigInt({ min: -100n, max: 100n });

  test('agrees with counting, for every sign and mode', () => {
    fc.assert(
      fc.property(small, small, mode, (numerator, denominator, rounding) => {
        fc.pre(denominator !== 0n);
        expect(divide(numerator, denominator, rounding)).toBe(
          slowly(numerator, denominator, rounding),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [5n, -2n, -2n],
    [1n, 2n, 0n],
    [3n, 2n, 2n],
  ])('half to even: %d / %d', (numerator, denominator, quotient) => {
    expect(divide(numerator, denominator, 'halfEven')).toBe(quotient);
  });

  test('by nothing is an error', () => {
    expect(() => divide(1n, 0n, 'floor')).toThrow(RangeError);
    expect(() => divideScaled(ONE, 0n, 'floor')).toThrow(RangeError);
  });

  test('products and quotients lie within one unit of the exact result', () => {
    fc.assert(
      fc.property(scaled, scaled, mode, (a, b, rounding) => {
        const product = multiplyScaled(a, b, rounding) * ONE - a * b;
        expect(product > -ONE && product < ONE).toBe(true);
        if (rounding === 'floor') expect(product <= 0n).toBe(true);
        if (rounding === 'ceil') expect(product >= 0n).toBe(true);
        fc.pre(b !== 0n);
        const rest = divideScaled(a, b, rounding) * b - a * ONE;
        const size = b < 0n ? -b : b;
        expect(rest > -size && rest < size).toBe(true);
      }),
    );
  });
});
