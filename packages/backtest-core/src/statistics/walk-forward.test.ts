import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  stitchOutOfSample,
  walkForwardEfficiency,
  walkForwardWindows,
  type WalkForwardPlan,
} from './walk-forward.ts';

const results = (inSample: number[], outOfSample: number[]) =>
  inSample.map((totalReturn, at) => ({
    inSample: { totalReturn, periods: 252 },
    outOfSample: { totalReturn: outOfSample[at] ?? Number.NaN, periods: 63 },
  }));

describe('windows', () => {
  test('rolling', () => {
    const plan: WalkForwardPlan = { count: 17, inSample: 6, outOfSample: 4, mode: 'rolling' };
    expect(walkForwardWindows(plan)).toEqual([
      { inSample: { from: 0, to: 6 }, outOfSample: { from: 6, to: 10 } },
      { inSample: { from: 4, to: 10 }, outOfSample: { from: 10, to: 14 } },
      { inSample: { from: 8, to: 14 }, outOfSample: { from: 14, to: 17 } },
    ]);
  });

  test('anchored, with a gap of purge and embargo before what is tested', () => {
    const plan: WalkForwardPlan = { count: 18, inSample: 6, outOfSample: 5, mode: 'anchored' };
    expect(walkForwardWindows({ ...plan, purge: 2, embargo: 1 })).toEqual([
      { inSample: { from: 0, to: 6 }, outOfSample: { from: 9, to: 14 } },
      { inSample: { from: 0, to: 11 }, outOfSample: { from: 14, to: 18 } },
    ]);
  });

  test('whatever the plan: tested end to end, never in what was chosen on, nothing left', () => {
    const whole = (min: number, max: number) => fc.integer({ min, max });
    const plans = fc.record({
      count: whole(60, 300),
      inSample: whole(1, 40),
      outOfSample: whole(1, 40),
      mode: fc.constantFrom('anchored' as const, 'rolling' as const),
      purge: whole(0, 5),
      embargo: whole(0, 5),
    });
    fc.assert(
      fc.property(plans, (plan) => {
        const windows = walkForwardWindows(plan);
        let reached = plan.inSample + plan.purge + plan.embargo;
        for (const { inSample, outOfSample } of windows) {
          expect(outOfSample.from).toBe(reached);
          expect(outOfSample.from - inSample.to).toBe(plan.purge + plan.embargo);
          expect(inSample.to - inSample.from).toBeGreaterThanOrEqual(plan.inSample);
          expect(inSample.from, 'no window begins before the data').not.toBeLessThan(0);
          reached = outOfSample.to;
        }
        expect(reached).toBe(plan.count);
      }),
    );
  });

  test.each([
    ['SAMPLE_TOO_SHORT', { count: 6 }],
    ['SAMPLE_TOO_SHORT', { count: 8, embargo: 2 }],
    ['PARAMETER_OUT_OF_RANGE', { outOfSample: 0 }],
    ['PARAMETER_OUT_OF_RANGE', { inSample: 2.5 }],
    ['PARAMETER_OUT_OF_RANGE', { purge: -1 }],
    ['TOO_MANY_ARRANGEMENTS', { count: 100_000, outOfSample: 1 }],
  ])('%s: %o', (code, change) => {
    const plan: WalkForwardPlan = { count: 20, inSample: 6, outOfSample: 4, mode: 'rolling' };
    expect(() => walkForwardWindows({ ...plan, ...change })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('stitched', () => {
  const windows = walkForwardWindows({ count: 9, inSample: 4, outOfSample: 3, mode: 'rolling' });

  test('end to end', () => {
    expect([...stitchOutOfSample(windows, [[1, 2, 3], Float64Array.of(4, 5)])]).toEqual([
      1, 2, 3, 4, 5,
    ]);
  });

  test('a window whose returns do not fit is named', () => {
    const differ = expect.objectContaining({
      code: 'LENGTHS_DIFFER',
      message: 'window 1 has 2 bars out-of-sample and 3 returns',
    });
    expect(() =>
      stitchOutOfSample(windows, [
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toThrow(differ);
    expect(() => stitchOutOfSample(windows, [[1, 2, 3]])).toThrow(
      expect.objectContaining({ code: 'LENGTHS_DIFFER' }),
    );
  });
});

describe('efficiency', () => {
  const published = results([0.3, 0.24, 0.36], [0.03, -0.01, 0.05]);

  test('arithmetic and compounded', () => {
    expect(walkForwardEfficiency(published, 252)).toBeCloseTo(0.3111111111, 9);
    expect(walkForwardEfficiency(published, 252, 'compounded')).toBeCloseTo(0.3187816493, 9);
  });

  test.each([
    ['IN_SAMPLE_NOT_PROFITABLE', () => walkForwardEfficiency(results([-0.1], [-0.2]), 252)],
    ['IN_SAMPLE_NOT_PROFITABLE', () => walkForwardEfficiency(results([0], [0.2]), 252)],
    ['SAMPLE_TOO_SHORT', () => walkForwardEfficiency([], 252)],
    ['PARAMETER_OUT_OF_RANGE', () => walkForwardEfficiency(results([-2], [0.2]), 252)],
    ['PARAMETER_OUT_OF_RANGE', () => walkForwardEfficiency(published, 0)],
  ])('%s', (code, compute) => {
    expect(compute).toThrow(expect.objectContaining({ code }));
  });
});
