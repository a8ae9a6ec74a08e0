import { checkBetween, checkRange, finite } from './sample.ts';

/** What a stretch of `periods` returns made in total, compounded. */
export type PeriodResult = { readonly totalReturn: number; readonly periods: number };

export type GrowthKind = 'arithmetic' | 'compounded';

/**
 * Growth a year over several stretches. Arithmetic: the sum of their returns over their years.
 * Compounded: (∏(1 + r))^(1 / years) - 1.
 * @throws PARAMETER_OUT_OF_RANGE for a return below -1 or a stretch of no periods
 */
export function annualGrowthOf(
  results: readonly PeriodResult[],
  periodsPerYear: number,
  kind: GrowthKind,
): number {
  checkBetween(periodsPerYear, 'periodsPerYear', 0);
  let periods = 0;
  let sum = 0;
  let growth = 1;
  for (const result of results) {
    checkRange(result.totalReturn, 'totalReturn', -1);
    checkBetween(result.periods, 'periods', 0);
    periods += result.periods;
    sum += result.totalReturn;
    growth *= 1 + result.totalReturn;
  }
  const years = periods / periodsPerYear;
  return finite(kind === 'arithmetic' ? sum / years : growth ** (1 / years) - 1, 'annual growth');
}
