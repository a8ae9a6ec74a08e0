import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  brierParts,
  brierScore,
  calibrationBins,
  calibrationError,
  logLoss,
} from './calibration.ts';

const FORECASTS = [0.2, 0.2, 0.2, 0.2, 0.2, 0.6, 0.6, 0.6, 0.6, 0.8];
const OUTCOMES = [0, 0, 1, 0, 0, 1, 0, 1, 1, 1];

describe('published values', () => {
  test('Brier score and log loss of the example of scikit-learn', () => {
    expect(brierScore([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0])).toBeCloseTo(0.0375, 12);
    expect(logLoss([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0])).toBeCloseTo(0.1976348816, 9);
  });

  test('the parts of Murphy', () => {
    expect(brierParts(FORECASTS, OUTCOMES)).toEqual({
      brier: expect.closeTo(0.168, 12),
      reliability: expect.closeTo(0.013, 12),
      resolution: expect.closeTo(0.095, 12),
      uncertainty: expect.closeTo(0.25, 12),
      skill: expect.closeTo(0.328, 12),
    });
    expect(calibrationError(FORECASTS, OUTCOMES)).toBeCloseTo(0.08, 12);
    expect(logLoss(FORECASTS, OUTCOMES)).toBeCloseTo(0.5173923272, 9);
  });

  test('bins with their edge above', () => {
    expect(calibrationBins([0, 0.1, 0.15, 1], [0, 1, 0, 1])).toEqual([
      { count: 2, meanForecast: 0.05, observedShare: 0.5 },
      { count: 1, meanForecast: 0.15, observedShare: 0 },
      { count: 1, meanForecast: 1, observedShare: 1 },
    ]);
  });
});

test('Brier score = reliability - resolution + uncertainty, whatever was forecast', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(pairs, (list) => {
      const forecasts = list.map(([eighths]) => eighths / 8);
      const outcomes = list.map(([, outcome]) => outcome);
      const { brier, reliability, resolution, uncertainty } = brierParts(forecasts, outcomes);
      expect(reliability - resolution + uncertainty).toBeCloseTo(brier, 12);
      expect(calibrationError(forecasts, outcomes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('sure and wrong costs much, not infinitely; no skill where all went one way', () => {
  expect(logLoss([1], [0])).toBeCloseTo(52 * Math.LN2, 9);
  expect(logLoss([0], [0])).toBeLessThan(1e-15);
  expect(brierParts([0.5, 0.5], [1, 1]).skill).toBeNull();
});

test.each([
  ['SAMPLE_TOO_SHORT', () => brierScore([], [])],
  ['LENGTHS_DIFFER', () => brierScore([0.5], [])],
  ['PARAMETER_OUT_OF_RANGE', () => brierScore([1.5], [1])],
  ['PARAMETER_OUT_OF_RANGE', () => logLoss([0.5], [0.5])],
  ['SAMPLE_NOT_FINITE', () => brierParts([Number.NaN], [1])],
  ['PARAMETER_OUT_OF_RANGE', () => calibrationError([0.5], [1], 0)],
])('%s where there is no answer', (code, compute) => {
  expect(compute).toThrow(expect.objectContaining({ code }));
});
