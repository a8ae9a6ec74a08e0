import { parseScaled } from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecimalSum } from './decimal-sum.ts';

test('the sum is that of the exact numbers, small, fine and large ones together', () => {
  const digits = (from: number, to: number) =>
    fc.stringMatching(new RegExp(`^[0-9]{${from},${to}}$`));
  const text = fc.oneof(
    digits(1, 20),
    fc.tuple(digits(1, 4), digits(1, 9)).map((parts) => parts.join('.')),
    fc.tuple(digits(1, 20), digits(1, 18)).map((parts) => parts.join('.')),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 60 }), fc.nat({ max: 60 }), (texts, asked) => {
      const sum = new DecimalSum();
      let want = 0n;
      for (const [index, one] of texts.entries()) {
        sum.add(one);
        want += parseScaled(one);
        if (index === asked) expect(sum.total()).toBe(want);
      }
      expect(sum.total()).toBe(want);
    }),
  );
});

test('the sum of many is exact past what a double holds', () => {
  const sum = new DecimalSum();
  for (let index = 0; index < 11; index += 1) sum.add('3999999.999999999');
  expect(sum.total()).toBe(11n * parseScaled('3999999.999999999'));
});
