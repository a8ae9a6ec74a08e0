import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deflatedSharpe,
  effectiveTrials,
  expectedMaximum,
  meanCorrelation,
  minimumBacktestYears,
  trialsOf,
} from './deflated-sharpe.ts';
import { probabilisticSharpe } from './probabilistic-sharpe.ts';

/** The example of the paper: five years of days, annual Sharpe ratio 2.5, variance 1/2. */
const FOUND = { count: 1250, sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10 };
const VARIANCE = 0.5 / 250;

describe('published values', () => {
  test.each([
    [10, 1.5745983013],
    [45, 2.2356401778],
    [100, 2.5306028932],
  ])('expected maximum of %i standard normals', (count, expected) => {
    expect(expectedMaximum(count)).toBeCloseTo(expected, 9);
  });

  test.each([
    [100, 0.9003968344],
    [10, 0.9938796415],
    [46, 0.9505017069],
    [88, 0.9101530147],
  ])('deflated Sharpe ratio after %i trials', (count, expected) => {
    expect(deflatedSharpe(FOUND, { count, variance: VARIANCE }).probability).toBeCloseTo(
      expected,
      9,
    );
  });

  test('the ratio that luck would show', () => {
    const { benchmark } = deflatedSharpe(FOUND, { count: 100, variance: VARIANCE });
    expect(benchmark).toBeCloseTo(0.1131720019, 9);
  });

  test('annual ratios with a variance of 1 would say .41', () => {
    const mistaken = deflatedSharpe(
      { ...FOUND, sharpe: 2.5, skewness: 0, kurtosis: 3 },
      {
        count: 100,
        variance: 1,
      },
    );
    expect(mistaken.probability).toBeLessThan(0.5);
    const alike = deflatedSharpe({ ...FOUND, sharpe: 2.5 }, { count: 100, variance: 1 });
    expect(alike.probability).toBeCloseTo(0.41, 2);
  });

  test('years of backtest for 45 trials, below the upper bound', () => {
    expect(minimumBacktestYears(45, 1)).toBeCloseTo(4.9980870044, 9);
    expect(minimumBacktestYears(45, 1)).toBeLessThan(2 * Math.log(45));
    expect(2 * Math.log(45)).toBeCloseTo(7.613, 3);
    expect(minimumBacktestYears(45, 2)).toBeCloseTo(4.9980870044 / 4, 9);
  });
});

describe('one trial is no choice', () => {
  test('the benchmark is 0 and the probability the plain one', () => {
    expect(expectedMaximum(1)).toBe(0);
    expect(deflatedSharpe(FOUND, { count: 1, variance: 0 })).toEqual({
      benchmark: 0,
      probability: probabilisticSharpe(FOUND),
    });
  });

  test('trials are counted with the variance of their ratios; of one there is none', () => {
    expect(trialsOf([0.1, 0.2, 0.6])).toEqual({ count: 3, variance: expect.closeTo(0.07, 12) });
    expect(trialsOf([0.4])).toEqual({ count: 1, variance: 0 });
    expect(() => trialsOf([])).toThrow(expect.objectContaining({ code: 'SAMPLE_TOO_SHORT' }));
  });

  test('never below 0, and never falling with more trials', () => {
    const counts = fc.double({ min: 1, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const [fewer, more] = one < other ? [one, other] : [other, one];
        const rising = [0, expectedMaximum(fewer), expectedMaximum(more)];
        expect(rising.toSorted((a, b) => a - b)).toEqual(rising);
      }),
    );
    expect(expectedMaximum(1 + 1e-9)).toBe(0);
  });
});

describe('trials that are alike', () => {
  test('count for fewer', () => {
    expect(effectiveTrials(100, 0)).toBe(100);
    expect(effectiveTrials(100, 1)).toBe(1);
    expect(effectiveTrials(100, 0.5)).toBe(50.5);
    expect(effectiveTrials(100, -0.5)).toBe(100);
  });

  test('their mean correlation is that over all pairs', () => {
    const series = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(series, { minLength: 2, maxLength: 5 }), (trials) => {
        fc.pre(trials.every((trial) => Math.max(...trial) - Math.min(...trial) > 0.01));
        let sum = 0;
        let pairs = 0;
        for (const [at, left] of trials.entries()) {
          for (const right of trials.slice(at + 1)) {
            sum += correlation(left, right);
            pairs++;
          }
        }
        expect(meanCorrelation(trials)).toBeCloseTo(sum / pairs, 9);
      }),
    );
  });
});

test.each([
  ['PARAMETER_OUT_OF_RANGE', () => expectedMaximum(0.5)],
  ['PARAMETER_OUT_OF_RANGE', () => deflatedSharpe(FOUND, { count: 5, variance: -1 })],
  ['PARAMETER_OUT_OF_RANGE', () => deflatedSharpe(FOUND, { count: Number.NaN, variance: 1 })],
  ['PARAMETER_OUT_OF_RANGE', () => effectiveTrials(10, 1.1)],
  ['PARAMETER_OUT_OF_RANGE', () => minimumBacktestYears(45, 0)],
  ['SAMPLE_TOO_SHORT', () => meanCorrelation([[1, 2]])],
  [
    'LENGTHS_DIFFER',
    () =>
      meanCorrelation([
        [1, 2, 3],
        [1, 2],
      ]),
  ],
  [
    'SAMPLE_WITHOUT_VARIANCE',
    () =>
      meanCorrelation([
        [1, 2, 3],
        [1, 1, 1],
      ]),
  ],
])('%s where there is no answer', (code, compute) => {
  expect(compute).toThrow(expect.objectContaining({ code }));
});

function correlation(left: number[], right: number[]): number {
  const centred = (values: number[]) => {
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - centre);
  };
  const product = (a: number[], b: number[]) =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  const [a, b] = [centred(left), centred(right)];
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
