import { InvalidInput } from '@ballast/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawdowns, drawdownSpells, maximumDrawdown } from './drawdown.ts';
import { mean, moments, standardDeviation } from './moments.ts';
import { performanceFigures } from './performance-figures.ts';
import { calmarRatio, downsideDeviation, sharpeRatio, sortinoRatio } from './ratios.ts';
import {
  annualisedRatio,
  compoundAnnualGrowth,
  equityOf,
  returnsOf,
  totalReturn,
} from './returns.ts';

const WILD = [0.259, 0.198, 0.364, -0.081, 0.057, 0.055, 0.188, 0.317, 0.24, 0.184, -0.01, 0.526];
const RED_ROCK = [0.17, 0.15, 0.23, -0.05, 0.12, 0.09, 0.13, -0.04];
const FIVE = [0.01, -0.02, 0.03, -0.01, 0.02];
const PRICES = [100, 120, 90, 110, 80, 130, 125];

const code = (compute: () => unknown): string => {
  try {
    return `no error but ${String(compute())}`;
  } catch (error) {
    return error instanceof InvalidInput ? error.code : String(error);
  }
};
const someReturns = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), {
  minLength: 3,
  maxLength: 40,
});

describe('published values', () => {
  test('Sharpe ratio against a benchmark (pypbo)', () => {
    expect(sharpeRatio(WILD, 0.05)).toBeCloseTo(0.834363921, 9);
  });

  test('Sortino ratio with the downside over all returns (Red Rock)', () => {
    expect(sortinoRatio(RED_ROCK)).toBeCloseTo(4.417261043, 9);
  });

  test('five returns: every ratio', () => {
    expect(sharpeRatio(FIVE)).toBeCloseTo(0.2893456933, 9);
    expect(annualisedRatio(sharpeRatio(FIVE), 252)).toBeCloseTo(4.5932204844, 9);
    expect(sortinoRatio(FIVE)).toBeCloseTo(0.6, 12);
    expect(annualisedRatio(sortinoRatio(FIVE), 252)).toBeCloseTo(9.5247047198, 9);
    expect(totalReturn(FIVE)).toBeCloseTo(0.0294850412, 9);
    expect(maximumDrawdown(FIVE)).toBeCloseTo(-0.02, 12);
    expect(compoundAnnualGrowth(FIVE, 252)).toBeCloseTo(3.3256367193, 9);
    expect(calmarRatio(FIVE, 252)).toBeCloseTo(166.28183596, 7);
  });

  test('drawdowns of prices; the capital at the start is the first peak', () => {
    const returns = returnsOf(PRICES);
    const expected = [0, -0.25, -0.0833333333, -0.3333333333, 0, -0.0384615385];
    for (const [at, value] of drawdowns(returns).entries()) {
      expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 9);
    }
    expect(maximumDrawdown(returns)).toBeCloseTo(-1 / 3, 12);
    expect(maximumDrawdown([-0.1, 0.05])).toBeCloseTo(-0.1, 12);
  });

  test('spells under water: an ended one and an open one', () => {
    const spells = drawdownSpells(returnsOf(PRICES));
    expect(spells).toEqual([
      { from: 1, trough: 3, recovered: 4, depth: expect.closeTo(-1 / 3, 12), length: 4 },
      { from: 5, trough: 5, recovered: null, depth: expect.closeTo(-0.0384615385, 9), length: 1 },
    ]);
  });

  test('moments of the population, kurtosis not in excess', () => {
    expect(moments([1, 1, 1, -1])).toEqual({
      count: 4,
      mean: 0.5,
      standardDeviation: 1,
      // m2 = 3/4, m3 = -3/4, m4 = 21/16
      skewness: expect.closeTo(-0.75 / 0.75 ** 1.5, 12),
      kurtosis: expect.closeTo(1.3125 / 0.5625, 12),
    });
  });
});

describe('what has no value is refused with a reason', () => {
  test.each([
    ['SAMPLE_TOO_SHORT', () => sharpeRatio([0.1])],
    ['SAMPLE_TOO_SHORT', () => mean([])],
    ['SAMPLE_TOO_SHORT', () => returnsOf([100])],
    ['SAMPLE_NOT_FINITE', () => sharpeRatio([0.1, Number.NaN])],
    ['SAMPLE_NOT_FINITE', () => drawdowns([0.1, Infinity])],
    ['SAMPLE_WITHOUT_VARIANCE', () => sharpeRatio(Array.from({ length: 9 }, () => 0.01))],
    ['SAMPLE_WITHOUT_VARIANCE', () => moments([0, 0, 0])],
    ['SAMPLE_WITHOUT_VARIANCE', () => sharpeRatio([0.3, 0.1 + 0.2, 0.3])],
    ['RETURN_BELOW_TOTAL_LOSS', () => totalReturn([0.1, -1.01])],
    ['EQUITY_NOT_POSITIVE', () => returnsOf([100, 0, 50])],
    ['NO_DOWNSIDE', () => sortinoRatio([0.1, 0.2])],
    ['NO_DRAWDOWN', () => calmarRatio([0.1, 0.2], 252)],
    ['RESULT_NOT_FINITE', () => compoundAnnualGrowth([9], 1e6)],
    ['PARAMETER_OUT_OF_RANGE', () => compoundAnnualGrowth([0.1], 0)],
    ['PARAMETER_OUT_OF_RANGE', () => annualisedRatio(Number.NaN, 252)],
    ['PARAMETER_OUT_OF_RANGE', () => sharpeRatio([0.1, 0.2], Number.NaN)],
  ])('%s', (reason, compute) => {
    expect(code(compute)).toBe(reason);
  });

  test('a report shows the figures that there are beside the reasons for the others', () => {
    const figures = performanceFigures({ returns: [0.1, 0.2], periodsPerYear: 252, profits: [] });
    expect(figures.totalReturn).toEqual({ value: expect.closeTo(0.32, 12), reason: null });
    expect(figures.annualSortino).toEqual({ value: null, reason: 'NO_DOWNSIDE' });
    expect(figures.profitFactor).toEqual({ value: null, reason: 'SAMPLE_TOO_SHORT' });
    expect(figures.longestDrawdownPeriods).toEqual({ value: 0, reason: null });
  });
});

describe('properties', () => {
  test('Sharpe and Sortino ratios do not depend on the size of the stake', () => {
    fc.assert(
      fc.property(someReturns, fc.double({ min: 0.01, max: 4, noNaN: true }), (returns, scale) => {
        fc.pre(standardDeviation(returns) > 1e-6 && downsideDeviation(returns) > 1e-6);
        const scaled = returns.map((value) => value * scale);
        expect(sharpeRatio(scaled)).toBeCloseTo(sharpeRatio(returns), 6);
        expect(sortinoRatio(scaled)).toBeCloseTo(sortinoRatio(returns), 6);
      }),
    );
  });

  test('skewness and kurtosis do not change with shift and scale, and 1 + g3² ≤ g4', () => {
    fc.assert(
      fc.property(someReturns, fc.double({ min: -1, max: 1, noNaN: true }), (returns, shift) => {
        fc.pre(standardDeviation(returns) > 1e-4);
        const before = moments(returns);
        const after = moments(returns.map((value) => 3 * value + shift));
        expect(after.skewness).toBeCloseTo(before.skewness, 6);
        expect(after.kurtosis).toBeCloseTo(before.kurtosis, 6);
        expect(before.kurtosis).toBeGreaterThan(1 + before.skewness ** 2 - 1e-9);
      }),
    );
  });

  test('returns of equity give back the returns, and its end is the total', () => {
    fc.assert(
      fc.property(someReturns, (returns) => {
        const equity = equityOf(returns, 1000);
        for (const [at, value] of returnsOf(equity).entries()) {
          expect(value).toBeCloseTo(returns[at] ?? Number.NaN, 12);
        }
        expect((equity.at(-1) ?? 0) / 1000 - 1).toBeCloseTo(totalReturn(returns), 12);
      }),
    );
  });

  test('the deepest spell is the maximum drawdown, and spells do not overlap', () => {
    fc.assert(
      fc.property(someReturns, (returns) => {
        const spells = drawdownSpells(returns);
        const deepest = spells.reduce((depth, spell) => Math.min(depth, spell.depth), 0);
        expect(deepest).toBe(maximumDrawdown(returns));
        for (const [at, spell] of spells.entries()) {
          const before = spells[at - 1];
          expect(spell.trough).toBeGreaterThanOrEqual(spell.from);
          expect(spell.from).toBeGreaterThan(before?.recovered ?? -1);
        }
      }),
    );
  });
});
