import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fitLine } from './line.ts';
import { overfittingProbability } from './overfitting.ts';

type Line = { intercept: number; slope: number };
type Case = {
  id: string;
  input?: string;
  matrix?: number[][];
  S: number;
  computed_here: {
    n_combinations: number;
    phi_rank_over_N: number;
    phi_rank_over_N_plus_1: number;
    prob_oos_below_threshold: number;
    lm_Rn_on_Rbn: Line;
    lm_Rbn_on_Rn: Line;
    logits_rank_over_N_plus_1: number[] | null;
    is_best_perf: number[] | null;
    oos_perf_of_is_best: number[] | null;
  };
};

const FOLDER = new URL('../../../../../shared/data/stats/pbo/', import.meta.url);
const isAbsent = !existsSync(FOLDER);
const cases: Case[] = isAbsent
  ? []
  : JSON.parse(readFileSync(new URL('pbo_cases.json', FOLDER), 'utf8')).cases;
/** Riskless rate of the R package's cases, an observation; the real ones have none. */
const RISKLESS = 0.03 / 252;

describe.skipIf(isAbsent)('recorded overfitting cases (need ../shared/data)', () => {
  test('are all there', () => {
    expect(cases.length).toBe(6);
  });

  test.each(cases)('$id, $S blocks', ({ id, input, matrix, S, computed_here: expected }) => {
    const riskless = id.startsWith('r-') ? RISKLESS : 0;
    const trials = columnsOf(input === undefined ? (matrix ?? []) : rowsOf(input), riskless);
    const found = overfittingProbability(trials, { blocks: S });
    expect(found.logits.length).toBe(expected.n_combinations);
    expect(found.probability).toBeCloseTo(expected.phi_rank_over_N_plus_1, 12);
    expect(found.lossProbability).toBeCloseTo(expected.prob_oos_below_threshold, 12);
    expectNear(found.line, expected.lm_Rbn_on_Rn);
    expectNear(fitLine(found.outOfSample, found.inSample), expected.lm_Rn_on_Rbn);
    expectAllNear(found.logits, expected.logits_rank_over_N_plus_1);
    expectAllNear(found.inSample, expected.is_best_perf);
    expectAllNear(found.outOfSample, expected.oos_perf_of_is_best);
    // The R package has rank / N, which is this logit's rank over N without its + 1.
    const overCount = found.logits.filter((logit) => {
      const rank = (trials.length + 1) / (1 + Math.exp(-logit));
      return Math.round(2 * rank) / 2 / trials.length <= 0.5;
    });
    expect(overCount.length / found.logits.length).toBeCloseTo(expected.phi_rank_over_N, 12);
  });
});

function expectNear(line: Line | null, expected: Line): void {
  expect(line?.slope).toBeCloseTo(expected.slope, 9);
  expect(line?.intercept).toBeCloseTo(expected.intercept, 9);
}

function expectAllNear(values: Float64Array, expected: number[] | null): void {
  for (const [at, value] of (expected ?? []).entries()) {
    expect(Math.abs((values[at] ?? Number.NaN) - value)).toBeLessThan(1e-9);
  }
}

function rowsOf(file: string): number[][] {
  const text = gunzipSync(readFileSync(new URL(file, FOLDER))).toString('utf8');
  const [, ...rows] = text.trim().split('\n');
  return rows.map((row) => row.split(',').map(Number));
}

function columnsOf(rows: readonly number[][], riskless: number): Float64Array[] {
  return Array.from({ length: rows[0]?.length ?? 0 }, (_, column) =>
    Float64Array.from(rows, (row) => (row[column] ?? Number.NaN) - riskless),
  );
}
