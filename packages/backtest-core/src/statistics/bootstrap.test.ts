import { createPrng, nextNormal } from '@ballast/sim-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { automaticBlockLength } from './block-length.ts';
import {
  acceleratedInterval,
  jackknifeAcceleration,
  percentileInterval,
  stationaryBootstrap,
} from './bootstrap.ts';
import { mean, standardDeviation } from './moments.ts';
import { quantile } from './quantile.ts';

/** Survival of the mice without treatment: Efron and Tibshirani (1993), table 2.1. */
const MICE = [10, 27, 31, 40, 46, 50, 52, 104, 146];
const seeded = (seed: string, blockLength: number, resamples: number) => ({
  blockLength,
  resamples,
  prng: createPrng(seed),
});
/** Standard deviation of the population, as of a distribution that is known whole. */
const wholeDeviation = (values: readonly number[]) =>
  standardDeviation(values) * Math.sqrt((values.length - 1) / values.length);

describe('published values', () => {
  test('all 27 resamples of three values, and drawn ones', () => {
    const values = [1, 2, 4];
    const all = values.flatMap((a) => values.flatMap((b) => values.map((c) => (a + b + c) / 3)));
    expect(mean(all)).toBeCloseTo(2.3333333, 7);
    expect(wholeDeviation(all)).toBeCloseTo(0.7200822998, 9);
    const quantiles = [0.05, 0.5, 0.95].map((p) => quantile(all, p));
    expect(quantiles).toEqual([1.3333, 2.3333, 3.3333].map((value) => expect.closeTo(value, 4)));
    const drawn = stationaryBootstrap(values, mean, seeded('three', 1, 20_000));
    expect(Math.abs(mean(drawn) - 7 / 3)).toBeLessThan(0.02);
    expect(Math.abs(standardDeviation(drawn) - 0.72008)).toBeLessThan(0.02);
  });

  test('mice: standard error, acceleration, both intervals', () => {
    expect(mean(MICE)).toBeCloseTo(56.2222, 4);
    expect(wholeDeviation(MICE) / 3).toBeCloseTo(13.3303494605, 9);
    expect(jackknifeAcceleration(MICE, mean)).toBeCloseTo(0.0663321583, 9);
    const estimates = stationaryBootstrap(MICE, mean, seeded('mice', 1, 200_000));
    expect(Math.abs(standardDeviation(estimates) - 13.3303494605)).toBeLessThan(0.1);
    const plain = percentileInterval(estimates, 0.9);
    expect(Math.abs(plain.low - 35.89)).toBeLessThan(0.5);
    expect(Math.abs(plain.high - 79.78)).toBeLessThan(0.5);
    const accelerated = acceleratedInterval(MICE, mean, estimates, 0.9);
    expect(Math.abs(accelerated.low - 38.67)).toBeLessThan(0.5);
    expect(Math.abs(accelerated.high - 85.44)).toBeLessThan(0.5);
  });
});

describe('blocks', () => {
  test('as long as the sample: each resample is the sample, rotated', () => {
    const values = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(values, fc.integer(), (list, seed) => {
        const rotations = new Set(
          list.map((_, from) => [...list.slice(from), ...list.slice(0, from)].join()),
        );
        const isRotation = (resample: Float64Array) => Number(rotations.has(resample.join()));
        const found = stationaryBootstrap(list, isRotation, seeded(`${seed}`, list.length, 20));
        expect([...found]).toEqual(Array.from({ length: 20 }, () => 1));
      }),
    );
  });

  test('have the mean length that was asked for', () => {
    const values = Float64Array.from({ length: 1000 }, (_, at) => at);
    const breaks = (resample: Float64Array) =>
      resample.filter((value, at) => at > 0 && value !== ((resample[at - 1] ?? 0) + 1) % 1000)
        .length;
    const found = stationaryBootstrap(values, breaks, seeded('breaks', 20, 400));
    expect(Math.abs(999 / mean(found) - 20)).toBeLessThan(0.6);
  });

  test('the same seed gives the same estimates, and each value comes as often', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    const estimates = stationaryBootstrap(values, mean, seeded('same', 3, 20_000));
    const again = stationaryBootstrap(values, mean, seeded('same', 3, 20_000));
    expect(estimates).toEqual(again);
    expect(Math.abs(mean(estimates) - 4.5)).toBeLessThan(0.03);
  });

  test('are short for noise, long for what remembers, and do not depend on stake or shift', () => {
    const prng = createPrng('remember');
    const noise = Array.from({ length: 2000 }, () => nextNormal(prng));
    let last = 0;
    const slow = noise.map((value) => (last = 0.9 * last + value));
    expect(automaticBlockLength(noise)).toBeLessThan(8);
    expect(automaticBlockLength(slow)).toBeGreaterThan(25);
    expect(automaticBlockLength(slow)).toBeLessThanOrEqual(Math.ceil(3 * Math.sqrt(2000)));
    const moved = slow.map((value) => 4 * value + 16);
    expect(automaticBlockLength(moved)).toBeCloseTo(automaticBlockLength(slow), 6);
  });

  test('automatic length, against a second computation of the formula of the paper', () => {
    const noise = congruential(12_345, 400);
    let last = 0;
    const slow = noise.map((value) => (last = 0.7 * last + value));
    expect(automaticBlockLength(slow)).toBeCloseTo(15.325355136985705, 9);
    expect(automaticBlockLength(noise)).toBeCloseTo(3.821572045621443, 9);
  });

  test('automatic length stays within 1 and the smaller of 3√n and n/3', () => {
    // The formula alone says 438.9 and 0.15.
    let last = 0;
    expect(automaticBlockLength(congruential(4, 24).map((value) => (last += value)))).toBe(8);
    expect(automaticBlockLength(congruential(21, 60))).toBe(1);
  });

  test('intervals of what remembers are wider with blocks than without', () => {
    const prng = createPrng('wider');
    let last = 0;
    const slow = Array.from({ length: 500 }, () => (last = 0.8 * last + nextNormal(prng)));
    const width = (blockLength: number) => {
      const { low, high } = percentileInterval(
        stationaryBootstrap(slow, mean, seeded('width', blockLength, 1000)),
        0.95,
      );
      return high - low;
    };
    expect(width(automaticBlockLength(slow))).toBeGreaterThan(1.5 * width(1));
  });
});

const fast = () => seeded('odd', 1, 10);
test.each([
  ['SAMPLE_TOO_SHORT', () => stationaryBootstrap([1], mean, fast())],
  ['SAMPLE_NOT_FINITE', () => stationaryBootstrap([1, Number.NaN], mean, fast())],
  ['PARAMETER_OUT_OF_RANGE', () => stationaryBootstrap([1, 2], mean, seeded('x', 0.5, 10))],
  ['PARAMETER_OUT_OF_RANGE', () => stationaryBootstrap([1, 2], mean, seeded('x', 1, 2e6))],
  ['RESULT_NOT_FINITE', () => stationaryBootstrap([1, 2], () => Number.NaN, fast())],
  ['PARAMETER_OUT_OF_RANGE', () => percentileInterval([1, 2], 1)],
  ['SAMPLE_TOO_SHORT', () => percentileInterval([], 0.9)],
  ['SAMPLE_WITHOUT_VARIANCE', () => acceleratedInterval([1, 1, 1], mean, [1, 1], 0.9)],
  ['RESULT_NOT_FINITE', () => acceleratedInterval([1, 2, 3], mean, [5, 6], 0.9)],
  ['SAMPLE_TOO_SHORT', () => automaticBlockLength([1, 2, 3])],
  ['SAMPLE_WITHOUT_VARIANCE', () => automaticBlockLength(new Float64Array(20))],
])('%s where there is no answer', (code, compute) => {
  expect(compute).toThrow(expect.objectContaining({ code }));
});

/** Noise that anybody can make again. */
function congruential(seed: number, count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}
