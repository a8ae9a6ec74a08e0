import { returnsOf, runBacktest } from '@ballast/backtest-core';
import { InvalidInput, toNumber } from '@ballast/domain';
import { dailyEquity } from '../figures.ts';
import { type Prepared, runInSpan, type Span } from '../trial-in-span.ts';
import type { SweepRow } from './sweep-row.ts';
import type { Parameters } from './vary.ts';

export type Work = {
  readonly index: number;
  readonly parameters: Parameters;
  /** Of the bars; all of them where there is none. */
  readonly span?: Span;
};

/** What a combination comes to; or why the strategy or the bars refuse it. */
export function rowOf(trial: Prepared, { index, parameters, span }: Work): SweepRow {
  try {
    const { result, returns } =
      span === undefined ? runWhole(trial, parameters) : runInSpan(trial, parameters, span);
    return {
      ...{ ok: true, index, entered: result.trades.length, blocked: result.blocked.length },
      end: result.equity.value.at(-1) ?? toNumber(trial.options.cash.amount),
      fees: result.trades.reduce((sum, { fees }) => sum + fees, 0),
      returns: [...returns],
    };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { ok: false, index, code: error.code, message: error.message };
  }
}

function runWhole({ strategy, series, options }: Prepared, parameters: Parameters) {
  const model = strategy.model(parameters);
  const all = series.map((one) => ({ ...one, model }));
  const result = runBacktest(all, options);
  return { result, returns: returnsOf(dailyEquity(result, toNumber(options.cash.amount)).value) };
}
