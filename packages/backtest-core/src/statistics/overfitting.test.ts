import { createPrng, nextUnit } from '@ballast/sim-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combinationCount, forEachCombination } from './combinations.ts';
import { fitLine } from './line.ts';
import { overfittingProbability } from './overfitting.ts';

/** Eight rows of three trials, as in the reference. */
const TINY = columnsOf(
  [
    [1, -1, 0.5],
    [2, -2, -0.5],
    [-1, 2, 1],
    [-2, 1, 0],
    [1.5, -1, 0.2],
    [0.5, -0.5, -0.4],
    [-1, 3, 0.6],
    [-0.5, 1, -0.2],
  ].flat(),
  3,
);

/** Noise that anybody can make again: a linear congruential generator, row by row. */
function noise(added: number): Float64Array[] {
  let state = 12_345;
  const values = Array.from({ length: 4000 }, () => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  expect(values.slice(0, 3)).toEqual([
    expect.closeTo(-0.4795973143, 9),
    expect.closeTo(-0.4834521518, 9),
    expect.closeTo(0.0431557945, 9),
  ]);
  const columns = columnsOf(values, 20);
  return columns.map((column, at) => (at === 7 ? column.map((value) => value + added) : column));
}

describe('published and computed values', () => {
  test('six splits by hand: mean of eight rows', () => {
    const found = overfittingProbability(TINY, { blocks: 4, performance: 'mean' });
    const expected = [-1.0986123, -1.0986123, -1.0986123, 0, -1.0986123, -0.5108256];
    for (const [at, logit] of found.logits.entries()) {
      expect(logit).toBeCloseTo(expected[at] ?? Number.NaN, 7);
    }
    expect([...found.outOfSample]).toEqual(
      [0.05, -1.125, -0.25, 0.25, -1.125, 0].map((value) => expect.closeTo(value, 12)),
    );
    expect(found.probability).toBe(1);
    expect(found.lossProbability).toBe(0.5);
    expect(found.line?.slope).toBeCloseTo(-0.9288824383, 9);
    expect(found.line?.intercept).toBeCloseTo(0.3493468795, 9);
  });

  test('noise: 70 and 252 splits', () => {
    const eight = overfittingProbability(noise(0), { blocks: 8 });
    expect(eight.logits.length).toBe(70);
    expect(eight.probability).toBeCloseTo(0.8, 12);
    expect(eight.lossProbability).toBeCloseTo(0.8, 12);
    const ten = overfittingProbability(noise(0), { blocks: 10 });
    expect(ten.logits.length).toBe(252);
    expect(ten.probability).toBeCloseTo(0.746031746, 9);
  });

  test('the same noise with one trial that earns', () => {
    const found = overfittingProbability(noise(0.15), { blocks: 8 });
    expect(found.probability).toBe(0);
    expect(found.lossProbability).toBe(0);
    expect(found.line?.slope).toBeCloseTo(-0.9980220363, 9);
  });
});

describe('properties', () => {
  const trials = fc
    .integer({ min: 0, max: 2 ** 31 })
    .map((seed) => randomTrials(String(seed), 6, 48));

  test('over much noise about every second choice is no better than the median', () => {
    const found = Array.from({ length: 200 }, (_, seed) =>
      overfittingProbability(randomTrials(`noise-${seed}`, 20, 96), { blocks: 8 }),
    );
    const mean = found.reduce((sum, { probability }) => sum + probability, 0) / found.length;
    console.log(`overfitting: mean PBO of 200 times 20 trials of noise is ${mean.toFixed(3)}`);
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.6);
  });

  test('neither the size of the stake nor the order of the trials matters', () => {
    fc.assert(
      fc.property(trials, fc.constantFrom(0.5, 2, 64), (matrix, scale) => {
        const found = overfittingProbability(matrix, { blocks: 6 });
        const scaled = matrix.map((trial) => trial.map((value) => value * scale));
        const after = overfittingProbability(scaled.toReversed(), { blocks: 6 });
        expect(after.probability).toBe(found.probability);
        expect(after.logits).toEqual(found.logits);
      }),
      { numRuns: 30 },
    );
  });

  test('a mean may be shifted for all trials alike', () => {
    fc.assert(
      fc.property(trials, (matrix) => {
        const before = overfittingProbability(matrix, { blocks: 6, performance: 'mean' });
        const shifted = matrix.map((trial) => trial.map((value) => value + 8));
        const after = overfittingProbability(shifted, { blocks: 6, performance: 'mean' });
        expect(after.probability).toBe(before.probability);
        expect(after.line?.slope).toBeCloseTo(before.line?.slope ?? Number.NaN, 6);
      }),
      { numRuns: 30 },
    );
  });

  test('rows that fill no block are dropped at the front', () => {
    fc.assert(
      fc.property(trials, (matrix) => {
        const longer = matrix.map((trial, at) => Float64Array.from([9 * at, -at, 1, ...trial]));
        const found = overfittingProbability(longer, { blocks: 6 });
        expect(found.rowsDropped).toBe(3);
        expect(found.logits).toEqual(overfittingProbability(matrix, { blocks: 6 }).logits);
      }),
      { numRuns: 20 },
    );
  });

  test('combinations: each once, in order, as many as there are', () => {
    const seen: string[] = [];
    forEachCombination(4, 2, 6, (places) => seen.push(places.join('')));
    expect(seen).toEqual(['01', '02', '03', '12', '13', '23']);
    expect(combinationCount(16, 8)).toBe(12_870);
    expect(combinationCount(20, 10)).toBe(184_756);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), (n, k) => {
        fc.pre(k <= n);
        const all = new Set<string>();
        forEachCombination(n, k, 1000, (places) => all.add(places.join('')));
        expect(all.size).toBe(combinationCount(n, k));
        expect([...all].toSorted()).toEqual([...all]);
      }),
    );
  });
});

describe('odd input', () => {
  test('a trial that did nothing is worth 0, between a winner and a loser', () => {
    const [winner = new Float64Array(), loser = new Float64Array()] = randomTrials('odd', 2, 40);
    const matrix = [
      winner.map((value) => value + 3),
      new Float64Array(40),
      loser.map((value) => value - 3),
    ];
    const { logits, line } = overfittingProbability(matrix, { blocks: 4 });
    expect([...logits]).toEqual(logits.length === 6 ? Array(6).fill(Math.log(3)) : []);
    expect(line).not.toBeNull();
  });

  test('trials that are all the same: a rank in the middle, and no line', () => {
    const same = [new Float64Array(16), new Float64Array(16), new Float64Array(16)];
    const found = overfittingProbability(same, { blocks: 4 });
    expect(found.probability).toBe(1);
    expect(found.line).toBeNull();
    expect(fitLine([1, 1], [0, 5])).toBeNull();
  });

  const two = randomTrials('two', 2, 16);
  test.each([
    ['PARAMETER_OUT_OF_RANGE', () => overfittingProbability(two, { blocks: 3 })],
    ['PARAMETER_OUT_OF_RANGE', () => overfittingProbability(two, { blocks: 22 })],
    ['SAMPLE_TOO_SHORT', () => overfittingProbability(two, { blocks: 10 })],
    ['SAMPLE_TOO_SHORT', () => overfittingProbability(two.slice(1), { blocks: 4 })],
    ['LENGTHS_DIFFER', () => overfittingProbability([[1, 2, 3, 4], [1]], { blocks: 2 })],
    [
      'SAMPLE_NOT_FINITE',
      () =>
        overfittingProbability(
          [
            [1, 2, 3, 4],
            [1, Number.NaN, 3, 4],
          ],
          { blocks: 2 },
        ),
    ],
    [
      'SAMPLE_WITHOUT_VARIANCE',
      () =>
        overfittingProbability(
          [
            [1, 2, 3, 4],
            [0.1, 0.1, 0.1, 0.1],
          ],
          { blocks: 2 },
        ),
    ],
    ['TOO_MANY_ARRANGEMENTS', () => forEachCombination(30, 15, 1000, () => undefined)],
  ])('%s', (code, compute) => {
    expect(compute).toThrow(expect.objectContaining({ code }));
  });
});

function columnsOf(rowMajor: readonly number[], width: number): Float64Array[] {
  return Array.from({ length: width }, (_, column) =>
    Float64Array.from(rowMajor.filter((_value, at) => at % width === column)),
  );
}

function randomTrials(seed: string, count: number, rows: number): Float64Array[] {
  const prng = createPrng(seed);
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: rows }, () => nextUnit(prng) - 0.5),
  );
}
