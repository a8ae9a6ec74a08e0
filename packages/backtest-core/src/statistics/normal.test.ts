import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalCumulative, normalQuantile } from './normal.ts';
import { quantile } from './quantile.ts';

/** From tables with more digits than a double has. */
test.each([
  [0, 0.5],
  [1, 0.8413447460685429],
  [-1, 0.15865525393145705],
  [1.959963984540054, 0.975],
  [-3, 0.0013498980316300946],
  [-3.0001, 0.0013494549132607172],
  [5, 0.9999997133484281],
  [-8, 6.220960574271785e-16],
  [-20, 2.7536241186062337e-89],
  [-37, 5.725571222524577e-300],
])('Φ(%d)', (x, expected) => {
  expect(Math.abs(normalCumulative(x) / expected - 1)).toBeLessThan(1e-12);
});

test.each([
  [0.5, 0],
  [0.6, 0.2533471031357997],
  [0.25, -0.6744897501960817],
  [0.9, 1.2815515655446004],
  [0.95, 1.6448536269514722],
  [0.975, 1.959963984540054],
  [0.999, 3.090232306167813],
  [0.075, -1.4395314709384563],
  [1e-10, -6.361340902404057],
  [1e-300, -37.0470962993612],
])('z(%d)', (p, expected) => {
  expect(Math.abs(normalQuantile(p) - expected)).toBeLessThan(1e-12);
});

test('the quantile undoes the distribution, which rises and is symmetric', () => {
  const points = fc.double({ min: -6, max: 6, noNaN: true });
  fc.assert(
    fc.property(points, points, (x, other) => {
      const p = normalCumulative(x);
      expect(Math.abs(normalCumulative(-x) + p - 1)).toBeLessThan(1e-15);
      if (x < 5) expect(normalQuantile(p)).toBeCloseTo(x, 8);
      if (x < other) expect(p).toBeLessThanOrEqual(normalCumulative(other));
    }),
  );
});

test('both ends, and what is no probability', () => {
  expect(normalCumulative(-Infinity)).toBe(0);
  expect(normalCumulative(Infinity)).toBe(1);
  for (const p of [0, 1, -0.1, Number.NaN]) {
    expect(() => normalQuantile(p)).toThrow(
      expect.objectContaining({ code: 'PARAMETER_OUT_OF_RANGE' }),
    );
  }
  expect(() => normalCumulative(Number.NaN)).toThrow(
    expect.objectContaining({ code: 'SAMPLE_NOT_FINITE' }),
  );
});

test('quantile of a sample: linear between order statistics', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
  expect(quantile([4, 1, 3, 2], 1)).toBe(4);
  expect(quantile([7], 0.3)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow(expect.objectContaining({ code: 'SAMPLE_TOO_SHORT' }));
});
