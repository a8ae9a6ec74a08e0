import { createPrng } from '@ballast/sim-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  exactSignFlipP,
  exactTwoSampleP,
  permutationP,
  signFlipP,
  twoSampleP,
} from './permutation.ts';

describe('published values', () => {
  test('drawn: 4 of 999', () => {
    expect(permutationP(4, 999)).toBe(0.005);
    expect(permutationP(0, 999)).toBe(0.001);
  });

  test('exact difference of means', () => {
    expect(exactTwoSampleP([12, 14, 15], [9, 10, 11])).toBe(1 / 20);
    expect(exactTwoSampleP([12, 14, 10], [9, 11, 8])).toBe(2 / 20);
    expect(exactTwoSampleP([12, 14, 10], [9, 11, 8], 'two-sided')).toBe(4 / 20);
  });

  test('exact flips of signs', () => {
    expect(exactSignFlipP([0.5, 1, -0.2, 0.8])).toBe(2 / 16);
  });
});

describe('drawn tests come near to the exact ones', () => {
  const draws = (side: 'greater' | 'two-sided') => ({
    count: 20_000,
    prng: createPrng('draws'),
    side,
  });

  test('two samples', () => {
    const [left, right] = [
      [12, 14, 10],
      [9, 11, 8],
    ] as const;
    expect(Math.abs(twoSampleP(left, right, draws('greater')) - 0.1)).toBeLessThan(0.01);
    expect(Math.abs(twoSampleP(left, right, draws('two-sided')) - 0.2)).toBeLessThan(0.01);
  });

  test('signs', () => {
    const values = [0.5, 1, -0.2, 0.8];
    expect(Math.abs(signFlipP(values, draws('greater')) - 0.125)).toBeLessThan(0.01);
    expect(Math.abs(signFlipP(values, draws('two-sided')) - 0.25)).toBeLessThan(0.01);
  });
});

test('neither stake nor shift of both samples matters, ties of rounding included', () => {
  const list = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(list, list, fc.constantFrom(0.1, 3, 7e-5), (left, right, scale) => {
      const moved = (values: number[]) => values.map((value) => (value + 5) * scale);
      for (const side of ['greater', 'two-sided'] as const) {
        const p = exactTwoSampleP(left, right, side);
        expect(exactTwoSampleP(moved(left), moved(right), side)).toBe(p);
        expect(p).toBeGreaterThan(0);
      }
      const scaled = left.map((value) => value * scale);
      expect(exactSignFlipP(scaled)).toBe(exactSignFlipP(left));
    }),
  );
});

test('under the null hypothesis p is at most α in a share α of cases', () => {
  const values = [0.31, 0.72, 1.13, 0.24, 0.95, 1.46];
  const ps = Array.from({ length: 64 }, (_, flips) =>
    exactSignFlipP(values.map((value, at) => ((flips >> at) & 1 ? -value : value))),
  );
  for (const level of [0.05, 0.1, 0.25, 0.5]) {
    expect(ps.filter((p) => p <= level).length / 64).toBeLessThanOrEqual(level);
  }
});

const few = { count: 9, prng: createPrng('few') };
test.each([
  ['SAMPLE_TOO_SHORT', () => exactTwoSampleP([], [1])],
  ['SAMPLE_NOT_FINITE', () => exactSignFlipP([1, Number.NaN])],
  ['TOO_MANY_ARRANGEMENTS', () => exactSignFlipP(new Float64Array(21))],
  ['TOO_MANY_ARRANGEMENTS', () => exactTwoSampleP(new Float64Array(20), new Float64Array(20))],
  ['PARAMETER_OUT_OF_RANGE', () => permutationP(5, 4)],
  ['PARAMETER_OUT_OF_RANGE', () => signFlipP([1], { ...few, count: 0 })],
  ['SAMPLE_TOO_SHORT', () => twoSampleP([1], [], few)],
])('%s where there is no answer', (code, compute) => {
  expect(compute).toThrow(expect.objectContaining({ code }));
});
