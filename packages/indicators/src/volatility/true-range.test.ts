import { expect, test } from 'vitest';
import { rangeFrom } from './true-range.ts';

test.each([
  ['the close before is within', 10, 12, 9, 3],
  ['it is above', 15, 12, 9, 6],
  ['it is below', 5, 12, 9, 7],
  ['all are one', 9, 9, 9, 0],
])('%s', (_, before, high, low, range) => {
  expect(rangeFrom(before, high, low)).toBe(range);
});

test('it is no number where any of the three is none', () => {
  expect([rangeFrom(NaN, 2, 1), rangeFrom(1, NaN, 1), rangeFrom(1, 2, NaN)]).toEqual([
    NaN,
    NaN,
    NaN,
  ]);
});
