import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDigitParser, plainDigits } from './json-number.ts';

const parse = createDigitParser(['p', 'v']);
const digitsOf = (number: string): string | null => {
  const frame = parse(`{"a":"x","p": ${number} }`);
  return plainDigits(typeof frame === 'object' && frame !== null ? Reflect.get(frame, 'p') : null);
};

test.each([
  ['34732.02', '34732.02'],
  ['0.1000', '0.1000'],
  ['12345678901234567890.123456789012345678', '12345678901234567890.123456789012345678'],
  ['4e-6', '0.000004'],
  ['4E-06', '0.000004'],
  ['1.5e-7', '0.00000015'],
  ['12.34e+1', '123.4'],
  ['1.2e3', '1200'],
  ['0e5', '0'],
  ['0.001e2', '0.1'],
  ['-1', null],
  ['1e-19', null],
  ['1e30', null],
  ['1e9999', null],
  ['null', null],
  ['"1"', null],
  ['[1]', null],
])('%s is read as %s', (number, text) => {
  expect(digitsOf(number)).toBe(text);
});

test('every number keeps its digits, with and without an exponent', () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 10n ** 18n - 1n),
      fc.integer({ min: -18, max: 0 }),
      (digits, shift) => {
        const places = -shift;
        const padded = digits.toString().padStart(places + 1, '0');
        const plain =
          places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
        expect(digitsOf(plain)).toBe(plain);
        const short = plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain;
        expect(digitsOf(`${digits}e${shift}`)).toBe(short);
      },
    ),
  );
});

test('no other text is touched, whatever is in it', () => {
  const others = fc.string().map((text) => ({ s: text, t: 1, '"p":1': '"p":1', nested: [text] }));
  fc.assert(
    fc.property(others, (frame) => {
      expect(parse(JSON.stringify(frame))).toEqual(frame);
    }),
  );
});
