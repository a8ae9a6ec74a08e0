import { maximumDrawdown } from './drawdown.ts';
import { mean, positiveDeviation } from './moments.ts';
import { compoundAnnualGrowth } from './returns.ts';
import { checkRange, checkSample, finite, refuse, type Sample, valueAt } from './sample.ts';

/**
 * Sharpe ratio of one period: mean(r - b) / sd(r), sd with n - 1. `benchmark` is the return of
 * each period that is no merit. Not annualised: `annualisedRatio` does that, for display.
 * Source: Sharpe, "The Sharpe Ratio" (1994).
 *
 * @throws SAMPLE_TOO_SHORT (< 2), SAMPLE_NOT_FINITE, SAMPLE_WITHOUT_VARIANCE
 */
export function sharpeRatio(returns: Sample, benchmark = 0): number {
  checkRange(benchmark, 'benchmark', -Infinity);
  const deviation = positiveDeviation(returns);
  return finite((mean(returns) - benchmark) / deviation, 'Sharpe ratio');
}

/**
 * Root of the mean of min(r - minimum, 0)² over ALL n, not over the losing ones alone.
 * Source: Rollinger and Hoffman, "Sortino: A Sharper Ratio" (Red Rock Capital, 2013).
 *
 * @throws SAMPLE_TOO_SHORT (none), SAMPLE_NOT_FINITE
 */
export function downsideDeviation(returns: Sample, minimumAcceptable = 0): number {
  checkSample(returns, 'returns');
  checkRange(minimumAcceptable, 'minimumAcceptable', -Infinity);
  let squares = 0;
  for (let at = 0; at < returns.length; at++) {
    squares += Math.min(valueAt(returns, at) - minimumAcceptable, 0) ** 2;
  }
  return finite(Math.sqrt(squares / returns.length), 'downside deviation');
}

/**
 * Sortino ratio of one period: (mean - minimum) / downside deviation.
 * @throws NO_DOWNSIDE where no return is below the minimum; as `downsideDeviation`
 */
export function sortinoRatio(returns: Sample, minimumAcceptable = 0): number {
  const downside = downsideDeviation(returns, minimumAcceptable);
  if (downside === 0) refuse('NO_DOWNSIDE', `no return is below ${minimumAcceptable}`);
  return finite((mean(returns) - minimumAcceptable) / downside, 'Sortino ratio');
}

/**
 * Compound annual growth over the deepest drawdown. Source: Young, "Calmar Ratio" (Futures,
 * 1991); he looks at 36 months, here it is the whole series.
 *
 * @throws NO_DRAWDOWN where equity never falls; as `compoundAnnualGrowth`
 */
export function calmarRatio(returns: Sample, periodsPerYear: number): number {
  const growth = compoundAnnualGrowth(returns, periodsPerYear);
  const deepest = maximumDrawdown(returns);
  if (deepest === 0) refuse('NO_DRAWDOWN', 'equity never fell');
  return finite(growth / -deepest, 'Calmar ratio');
}
