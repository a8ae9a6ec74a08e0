import { drawdownSpells, maximumDrawdown } from './drawdown.ts';
import { type Figure, figureOf } from './figure.ts';
import { moments, standardDeviation } from './moments.ts';
import { probabilisticSharpe, trackRecordOf } from './probabilistic-sharpe.ts';
import { calmarRatio, sharpeRatio, sortinoRatio } from './ratios.ts';
import { annualisedRatio, compoundAnnualGrowth, totalReturn } from './returns.ts';
import type { Sample } from './sample.ts';
import { profitFactor, tradeFigures } from './trading-figures.ts';

export type PerformanceInput = {
  /** Simple returns of equity, one a period. */
  readonly returns: Sample;
  readonly periodsPerYear: number;
  /** Of closed trades, after all costs. */
  readonly profits: Sample;
};

/** The figures of one run. Ratios are annualised for display; the probability never is. */
export function performanceFigures({ returns, periodsPerYear, profits }: PerformanceInput) {
  const annual = (ratio: number) => annualisedRatio(ratio, periodsPerYear);
  return {
    totalReturn: figureOf(() => totalReturn(returns)),
    compoundAnnualGrowth: figureOf(() => compoundAnnualGrowth(returns, periodsPerYear)),
    annualVolatility: figureOf(() => annual(standardDeviation(returns))),
    annualSharpe: figureOf(() => annual(sharpeRatio(returns))),
    annualSortino: figureOf(() => annual(sortinoRatio(returns))),
    calmar: figureOf(() => calmarRatio(returns, periodsPerYear)),
    maximumDrawdown: figureOf(() => maximumDrawdown(returns)),
    longestDrawdownPeriods: figureOf(() =>
      drawdownSpells(returns).reduce((longest, { length }) => Math.max(longest, length), 0),
    ),
    skewness: figureOf(() => moments(returns).skewness),
    kurtosis: figureOf(() => moments(returns).kurtosis),
    probabilisticSharpe: figureOf(() => probabilisticSharpe(trackRecordOf(returns))),
    winShare: figureOf(() => tradeFigures(profits).winShare),
    expectancy: figureOf(() => tradeFigures(profits).expectancy),
    profitFactor: figureOf(() => profitFactor(profits)),
  } as const satisfies Record<string, Figure>;
}
