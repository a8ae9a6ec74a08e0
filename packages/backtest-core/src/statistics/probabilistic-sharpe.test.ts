import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeNeeded,
  sharpeStandardError,
  trackRecordOf,
} from './probabilistic-sharpe.ts';

const NORMAL = { skewness: 0, kurtosis: 3 };
/** The hedge fund of the paper: 24 months, annual Sharpe ratio 1.585. */
const FUND = { count: 24, sharpe: 1.585 / Math.sqrt(12), skewness: -2.448, kurtosis: 10.164 };
const RAW = [
  0.012, -0.004, 0.007, 0.003, -0.011, 0.009, 0.002, -0.006, 0.015, -0.001, 0.004, 0.008,
];

describe('published values', () => {
  test('probability of the fund, and if its returns were normal', () => {
    expect(sharpeStandardError(FUND)).toBeCloseTo(0.336200525, 9);
    expect(probabilisticSharpe(FUND)).toBeCloseTo(0.9132343069, 9);
    expect(probabilisticSharpe({ ...FUND, ...NORMAL })).toBeCloseTo(0.9815912361, 9);
  });

  test('kurtosis in excess, taken for the other, would say .9198', () => {
    const mistaken = probabilisticSharpe({ ...FUND, kurtosis: FUND.kurtosis - 3 });
    expect(mistaken).toBeCloseTo(0.9198, 4);
    expect(probabilisticSharpe(FUND)).not.toBeCloseTo(mistaken, 3);
  });

  test('months of record that the fund needs', () => {
    expect(minimumTrackRecord(FUND)).toBeCloseTo(34.597103, 6);
    expect(minimumTrackRecord({ ...FUND, ...NORMAL })).toBeCloseTo(15.276185, 6);
  });

  test('years of record against a benchmark of 1: daily, weekly', () => {
    const daily = { sharpe: 2 / Math.sqrt(250), ...NORMAL };
    expect(minimumTrackRecord(daily, 1 / Math.sqrt(250))).toBeCloseTo(682.79695, 5);
    expect(minimumTrackRecord(daily, 1 / Math.sqrt(250)) / 250).toBeCloseTo(2.7311878017, 9);
    const weekly = { sharpe: 2 / Math.sqrt(52), ...NORMAL };
    expect(minimumTrackRecord(weekly, 1 / Math.sqrt(52)) / 52).toBeCloseTo(2.8288335869, 9);
  });

  test('years of record against a benchmark close by: monthly, with skew', () => {
    const record = { sharpe: 3 / Math.sqrt(12), skewness: -0.72, kurtosis: 5.78 };
    expect(minimumTrackRecord(record, 2.5 / Math.sqrt(12)) / 12).toBeCloseTo(27.352920196, 9);
  });

  test('from the returns themselves', () => {
    const record = trackRecordOf(RAW);
    expect(record.sharpe).toBeCloseTo(0.4133276988, 9);
    expect(record.skewness).toBeCloseTo(-0.2831202063, 9);
    expect(record.kurtosis).toBeCloseTo(2.2422362765, 9);
    expect(probabilisticSharpe(record)).toBeCloseTo(0.8974781423, 9);
    // 19.53019695968858 in arithmetic of 40 digits; the published value is 1e-9 below it.
    expect(minimumTrackRecord(record)).toBeCloseTo(19.53019695968858, 11);
    expect(Math.abs(minimumTrackRecord(record) - 19.5301969587)).toBeLessThan(1e-9);
  });

  test.each([
    [15, 7.34],
    [30, 4.97],
    [60, 3.44],
    [90, 2.79],
    [120, 2.41],
    [252, 1.65],
    [504, 1.17],
    [756, 0.95],
  ])('%i days of paper trading ask for an annual Sharpe ratio of %d', (days, annual) => {
    const needed = sharpeNeeded(days);
    expect(needed * Math.sqrt(252)).toBeCloseTo(annual, 2);
    expect(probabilisticSharpe({ count: days, sharpe: needed, ...NORMAL })).toBeCloseTo(0.95, 9);
  });
});

test('as long as its minimum track record, a record has just that confidence', () => {
  const share = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(
      share(0.05, 0.5),
      share(-2, 2),
      share(6, 12),
      share(0.6, 0.99),
      (sharpe, skewness, kurtosis, confidence) => {
        const count = minimumTrackRecord({ sharpe, skewness, kurtosis }, 0, confidence);
        fc.pre(count > 2);
        const probability = probabilisticSharpe({ count, sharpe, skewness, kurtosis });
        expect(probability).toBeCloseTo(confidence, 9);
      },
    ),
  );
});

test.each([
  ['SAMPLE_TOO_SHORT', () => probabilisticSharpe({ ...FUND, count: 1 })],
  ['SAMPLE_TOO_SHORT', () => sharpeNeeded(2)],
  ['SAMPLE_WITHOUT_VARIANCE', () => trackRecordOf([0.01, 0.01, 0.01])],
  ['PARAMETER_OUT_OF_RANGE', () => probabilisticSharpe({ ...FUND, sharpe: Number.NaN })],
  ['PARAMETER_OUT_OF_RANGE', () => probabilisticSharpe({ ...FUND, kurtosis: 0 })],
  ['PARAMETER_OUT_OF_RANGE', () => minimumTrackRecord(FUND, 0, 0.5)],
  ['MOMENTS_IMPOSSIBLE', () => probabilisticSharpe({ ...FUND, sharpe: 1, skewness: 8 })],
  ['NOT_ABOVE_BENCHMARK', () => minimumTrackRecord(FUND, FUND.sharpe)],
])('%s where there is no answer', (code, compute) => {
  expect(compute).toThrow(expect.objectContaining({ code }));
});
