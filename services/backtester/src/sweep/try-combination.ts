import { returnsOf, runBacktest } from '@ballast/backtest-core';
import { InvalidInput, toNumber } from '@ballast/domain';
import { dailyEquity } from '../figures.ts';
import type { Trial } from '../trial.ts';
import type { SweepRow } from './sweep-row.ts';
import type { Parameters } from './vary.ts';

/** What one combination comes to on what is prepared for all; or why it cannot be tried. */
export function rowOf(
  { strategy, series, options }: Pick<Trial, 'strategy' | 'series' | 'options'>,
  { index, parameters }: { readonly index: number; readonly parameters: Parameters },
): SweepRow {
  try {
    const model = strategy.model(parameters);
    const result = runBacktest(
      series.map((one) => ({ ...one, model })),
      options,
    );
    const cash = toNumber(options.cash.amount);
    return {
      ...{ ok: true, index, entered: result.trades.length, blocked: result.blocked.length },
      end: result.equity.value.at(-1) ?? cash,
      fees: result.trades.reduce((sum, { fees }) => sum + fees, 0),
      returns: [...returnsOf(dailyEquity(result, cash).value)],
    };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { ok: false, index, code: error.code, message: error.message };
  }
}
