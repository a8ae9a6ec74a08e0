import {
  type BacktestResult,
  luckFigures,
  performanceFigures,
  returnsOf,
} from '@ballast/backtest-core';
import type { TradingSession } from '@ballast/domain';
import { createPrng } from '@ballast/sim-core';

const DAY_MS = 86_400_000;
/** Days on which there is a return. */
export const DAYS_PER_YEAR: Record<TradingSession, number> = { continuous: 365, 'us-equity': 252 };

export type DailyEquity = { readonly time: Float64Array; readonly value: Float64Array };

/**
 * Equity at the last bar of each UTC day, with what it was at the begin in front: the figures are
 * of days, so that bars of any width compare.
 */
export function dailyEquity({ equity }: Pick<BacktestResult, 'equity'>, cash: number): DailyEquity {
  const times: number[] = [];
  const values: number[] = [];
  const { time, value } = equity;
  let dayEnd = -Infinity;
  // Every bar of every combination of a sweep passes here: it costs one comparison.
  for (let row = 0; row < time.length; row += 1) {
    const at = time[row] ?? NaN;
    if (at >= dayEnd) {
      if (row > 0) values.push(value[row - 1] ?? NaN);
      const day = at - (at % DAY_MS);
      dayEnd = day + DAY_MS;
      times.push(day);
    }
  }
  if (time.length > 0) values.push(value[time.length - 1] ?? NaN);
  const first = (times[0] ?? 0) - DAY_MS;
  return { time: Float64Array.of(first, ...times), value: Float64Array.of(cash, ...values) };
}

/**
 * What the run is worth, and whether that may be luck; the reason where a figure has no value.
 * @param seed of what is drawn at random: the same says the same
 */
export function figuresOf(
  { trades }: Pick<BacktestResult, 'trades'>,
  { value }: DailyEquity,
  { session, seed }: { readonly session: TradingSession; readonly seed: string },
) {
  const returns = returnsOf(value);
  const profits = trades.map(({ realised }) => realised);
  const periodsPerYear = DAYS_PER_YEAR[session];
  return {
    ...performanceFigures({ returns, periodsPerYear, profits }),
    ...luckOf(returns, seed),
  };
}

/** Of daily returns: how long a record it takes, and what resampling leaves of the mean. */
export function luckOf(returns: Float64Array, seed: string) {
  const luck = luckFigures(returns, createPrng(seed));
  return {
    minimumTrackRecordDays: luck.minimumTrackRecord,
    dailyMeanLow: luck.meanLow,
    dailyMeanHigh: luck.meanHigh,
    permutationP: luck.permutationP,
  };
}
