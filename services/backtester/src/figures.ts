import {
  type BacktestResult,
  figureOf,
  minimumTrackRecord,
  performanceFigures,
  returnsOf,
  trackRecordOf,
} from '@ballast/backtest-core';
import type { TradingSession } from '@ballast/domain';

const DAY_MS = 86_400_000;
/** Days on which there is a return. */
const DAYS_PER_YEAR: Record<TradingSession, number> = { continuous: 365, 'us-equity': 252 };

export type DailyEquity = { readonly time: Float64Array; readonly value: Float64Array };

/**
 * Equity at the last bar of each UTC day, with what it was at the begin in front: the figures are
 * of days, so that bars of any width compare.
 */
export function dailyEquity({ equity }: Pick<BacktestResult, 'equity'>, cash: number): DailyEquity {
  const times: number[] = [];
  const values: number[] = [];
  for (const [row, time] of equity.time.entries()) {
    const day = time - (time % DAY_MS);
    if (times.at(-1) !== day) {
      times.push(day);
      values.push(NaN);
    }
    values[values.length - 1] = equity.value[row] ?? NaN;
  }
  const first = (times[0] ?? 0) - DAY_MS;
  return { time: Float64Array.of(first, ...times), value: Float64Array.of(cash, ...values) };
}

/** What the run is worth, and whether that may be luck; the reason where a figure has no value. */
export function figuresOf(
  { trades }: Pick<BacktestResult, 'trades'>,
  { value }: DailyEquity,
  session: TradingSession,
) {
  const returns = returnsOf(value);
  const profits = trades.map(({ realised }) => realised);
  const periodsPerYear = DAYS_PER_YEAR[session];
  return {
    ...performanceFigures({ returns, periodsPerYear, profits }),
    minimumTrackRecordDays: figureOf(() => minimumTrackRecord(trackRecordOf(returns))),
  };
}
