import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectedMaximum } from './deflated-sharpe.ts';
import { maximumDrawdown } from './drawdown.ts';
import { kellyContinuous } from './kelly.ts';
import { mean, standardDeviation } from './moments.ts';
import { normalCumulative } from './normal.ts';
import {
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeStandardError,
  type TrackRecord,
  trackRecordOf,
} from './probabilistic-sharpe.ts';
import { calmarRatio, sharpeRatio, sortinoRatio } from './ratios.ts';
import { annualisedRatio } from './returns.ts';

type Inputs = Partial<Record<'sr' | 'n' | 'skew' | 'kurtosis' | 'benchmark' | 'N', number>> & {
  prob?: number;
  series?: string;
  file?: string;
  column?: string;
  ignore_skewness?: boolean;
  ignore_kurtosis?: boolean;
  periods_per_year?: number;
  rf_per_month?: number;
  rf_column?: string;
};
type Vector = {
  fn: string;
  inputs: Inputs;
  expected: number;
  abs_tol: number;
  computed_here: number;
};

const STATS = new URL('../../../../../shared/data/stats/', import.meta.url);
const isAbsent = !existsSync(STATS);
const vectors = isAbsent ? [] : readVectors();

/** How each recorded quantity is ours, with the convention of its source where it differs. */
const COMPUTE: Record<string, (inputs: Inputs) => number> = {
  psr: (inputs) => probabilisticSharpe(recordOf(inputs), inputs.benchmark),
  sr_std: (inputs) => sharpeStandardError(recordOf(inputs)),
  'min_trl(observations)': recordNeeded,
  min_trl_years: (inputs) => recordNeeded(inputs) / (inputs.periods_per_year ?? 12),
  'min_trl_years(monthly obs)': (inputs) => recordNeeded(inputs) / 12,
  expected_max_of_N_standard_normals: ({ N = 0 }) => expectedMaximum(N),
  // Divides by T where we have T - 1.
  'sr_std_at(T not T-1)': (inputs) => sharpeStandardError(withOneMore(recordOf(inputs))),
  // The variance is that of the benchmark, divided by T.
  'psr_2025(variance evaluated at SR0)': (inputs) => {
    const record = recordOf(inputs);
    const { benchmark = 0 } = inputs;
    const error = sharpeStandardError(withOneMore({ ...record, sharpe: benchmark }));
    return normalCumulative((record.sharpe - benchmark) / error);
  },
  'sharpe(not annualised)': (inputs) => sharpeRatio(returnsIn(inputs)),
  max_drawdown: (inputs) => -maximumDrawdown(returnsIn(inputs)),
  'sharpe(monthly, constant rf)': (inputs) => sharpeRatio(returnsIn(inputs), inputs.rf_per_month),
  'sharpe(monthly, rf series)': (inputs) => sharpeRatio(excessIn(inputs)),
  // Half of Kelly; the variance is that of the returns, not of what exceeds the riskless rate.
  kelly_half: (inputs) =>
    kellyContinuous(mean(excessIn(inputs)), 0, standardDeviation(returnsIn(inputs)) ** 2) / 2,
  calmar: (inputs) => calmarRatio(returnsIn(inputs), 12),
  'sortino(not annualised, MAR 0)': (inputs) => sortinoRatio(returnsIn(inputs)),
  'sharpe_annualised(arithmetic, sqrt(12))': (inputs) =>
    annualisedRatio(sharpeRatio(returnsIn(inputs), inputs.rf_per_month), 12),
};

describe.skipIf(isAbsent)('recorded Sharpe vectors (need ../shared/data)', () => {
  test('are all there', () => {
    expect(vectors.length).toBe(67);
    expect([...new Set(vectors.map(({ fn }) => fn))].toSorted()).toEqual(
      Object.keys(COMPUTE).toSorted(),
    );
  });

  test.each(vectors)('$fn of $inputs', ({ fn, inputs, expected, abs_tol, computed_here }) => {
    const value = COMPUTE[fn]?.(inputs) ?? Number.NaN;
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(abs_tol);
    expect(Math.abs(value / (computed_here || 1) - (computed_here && 1))).toBeLessThan(1e-9);
  });
});

function recordOf(inputs: Inputs): TrackRecord {
  if (inputs.sr !== undefined) {
    const { sr, n = 2, skew = 0, kurtosis = 3 } = inputs;
    return { count: n, sharpe: sr, skewness: skew, kurtosis };
  }
  const record = trackRecordOf(returnsIn(inputs));
  return {
    ...record,
    ...(inputs.ignore_skewness === true ? { skewness: 0 } : {}),
    ...(inputs.ignore_kurtosis === true ? { kurtosis: 3 } : {}),
  };
}

function recordNeeded(inputs: Inputs): number {
  return minimumTrackRecord(recordOf(inputs), inputs.benchmark, inputs.prob);
}

function withOneMore(record: TrackRecord): TrackRecord {
  return { ...record, count: record.count + 1 };
}

/** A column without its empty rows, or a file of one series. */
function returnsIn({ series, file = '', column = '' }: Inputs): number[] {
  if (series !== undefined) return textOf(`sharpe/${series}`).trim().split('\n').map(Number);
  return columnOf(file, column).filter((value) => !Number.isNaN(value));
}

function excessIn({ file = '', column = '', rf_column = '' }: Inputs): number[] {
  const riskless = columnOf(file, rf_column);
  const excess = columnOf(file, column).map((value, at) => value - (riskless[at] ?? 0));
  return excess.filter((value) => !Number.isNaN(value));
}

function columnOf(file: string, column: string): number[] {
  const [header = '', ...rows] = textOf(`performance/${file}`).trim().split(/\r?\n/);
  const at = header.split(',').indexOf(column);
  return rows.map((row) => Number(row.split(',')[at] || Number.NaN));
}

function textOf(path: string): string {
  return readFileSync(new URL(path, STATS), 'utf8');
}

function readVectors(): Vector[] {
  const recorded: { vectors: Vector[] } = JSON.parse(textOf('sharpe/published_vectors.json'));
  return recorded.vectors;
}
