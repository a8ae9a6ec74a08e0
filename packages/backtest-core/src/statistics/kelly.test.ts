import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kellyBinary, kellyContinuous, kellyGrowth, tieredKelly } from './kelly.ts';

describe('published values', () => {
  test.each([
    [0.6, 1, 0.2],
    [0.6, 1.5, 0.3333333333],
    [0.9, 1.5, 0.8333333333],
  ])('probability %d, payoff %d', (probability, payoff, share) => {
    expect(kellyBinary(probability, payoff)).toBeCloseTo(share, 9);
  });

  test('a fair bet is none, not a little one of rounding', () => {
    expect(kellyBinary(0.4, 1.5)).toBe(0);
  });

  test('growth', () => {
    expect(kellyGrowth(0.6, 1.5, kellyBinary(0.6, 1.5))).toBeCloseTo(0.0810930216, 9);
  });

  test('continuous', () => {
    expect(kellyContinuous(0.08, 0.02, 0.2 ** 2)).toBeCloseTo(1.5, 12);
  });

  test.each([
    [0.5, 0],
    [0.55, 0.0125],
    [0.6, 0.0166667],
    [0.7, 0.04],
    [0.85, 0.04],
    [0.95, 0.04],
  ])('by conviction at payoff 1.5: %d', (probability, share) => {
    expect(tieredKelly(probability, 1.5)).toBeCloseTo(share, 7);
  });
});

test('no other share grows capital faster', () => {
  const share = fc.double({ min: 0, max: 0.99, noNaN: true });
  const payoff = fc.double({ min: 0.1, max: 5, noNaN: true });
  fc.assert(
    fc.property(share, payoff, share, (probability, gain, other) => {
      const best = kellyGrowth(probability, gain, kellyBinary(probability, gain));
      expect(kellyGrowth(probability, gain, other)).toBeLessThanOrEqual(best + 1e-12);
    }),
  );
});

test('what does not earn is not bet on', () => {
  expect(kellyBinary(0.1, 1)).toBe(0);
  expect(kellyContinuous(0.01, 0.02, 0.04)).toBe(0);
});

test.each([
  () => kellyBinary(1.1, 1),
  () => kellyBinary(0.5, 0),
  () => kellyBinary(Number.NaN, 1),
  () => kellyGrowth(0.5, 1, 1),
  () => kellyContinuous(0.1, 0, 0),
  () => kellyContinuous(Number.NaN, 0, 1),
  () => tieredKelly(0.6, 1.5, [], 2),
])('out of range: %s', (compute) => {
  expect(compute).toThrow(expect.objectContaining({ code: 'PARAMETER_OUT_OF_RANGE' }));
});
