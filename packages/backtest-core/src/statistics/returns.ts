import {
  checkBetween,
  checkRange,
  checkReturns,
  checkSample,
  finite,
  refuse,
  type Sample,
  valueAt,
} from './sample.ts';

/**
 * Simple returns of an equity curve, one fewer than it has points: e[t] / e[t-1] - 1.
 * @throws SAMPLE_TOO_SHORT (< 2), SAMPLE_NOT_FINITE, EQUITY_NOT_POSITIVE
 */
export function returnsOf(equity: Sample): Float64Array {
  checkSample(equity, 'equity', 2);
  const returns = new Float64Array(equity.length - 1);
  for (let at = 0; at < returns.length; at++) {
    const before = valueAt(equity, at);
    if (before <= 0) refuse('EQUITY_NOT_POSITIVE', `equity[${at}] is ${before}`);
    returns[at] = finite(valueAt(equity, at + 1) / before - 1, `returns[${at}]`);
  }
  return returns;
}

/** Compounded equity after each return, the capital at the start first: one more point. */
export function equityOf(returns: Sample, capital = 1): Float64Array {
  checkReturns(returns, 0);
  checkBetween(capital, 'capital', 0);
  const equity = new Float64Array(returns.length + 1);
  let value = capital;
  equity[0] = value;
  for (let at = 0; at < returns.length; at++) {
    value *= 1 + valueAt(returns, at);
    equity[at + 1] = finite(value, `equity[${at + 1}]`);
  }
  return equity;
}

/** Compounded return over all periods, ∏(1 + r) - 1. @throws as `checkReturns` */
export function totalReturn(returns: Sample): number {
  checkReturns(returns);
  let growth = 1;
  for (let at = 0; at < returns.length; at++) growth *= 1 + valueAt(returns, at);
  return finite(growth, 'growth') - 1;
}

/**
 * Compound annual growth: (1 + total)^(periods a year / n) - 1, by trading periods and not by the
 * calendar, as empyrical has it.
 * @throws as `totalReturn`; PARAMETER_OUT_OF_RANGE; RESULT_NOT_FINITE when a few periods overflow
 */
export function compoundAnnualGrowth(returns: Sample, periodsPerYear: number): number {
  checkBetween(periodsPerYear, 'periodsPerYear', 0);
  const growth = (1 + totalReturn(returns)) ** (periodsPerYear / returns.length);
  return finite(growth, 'annual growth') - 1;
}

/** A ratio of one period to that of a year: times √periods. For display only. */
export function annualisedRatio(ratio: number, periodsPerYear: number): number {
  checkRange(ratio, 'ratio', -Infinity);
  checkBetween(periodsPerYear, 'periodsPerYear', 0);
  return finite(ratio * Math.sqrt(periodsPerYear), 'annual ratio');
}
