import { runBacktest, returnsOf } from '@ballast/backtest-core';
import { InvalidInput, toNumber } from '@ballast/domain';
import { dailyEquity } from '../figures.ts';
import { prepareTrial, type Trial, type TrialRequest } from '../trial.ts';
import type { SweepRow } from './sweep-row.ts';
import type { Parameters } from './vary.ts';

/** What a worker is sent: first what is the same for all, then one combination after the other. */
export type ToWorker =
  | { readonly kind: 'begin'; readonly request: TrialRequest }
  | { readonly kind: 'try'; readonly index: number; readonly parameters: Parameters };
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'row'; readonly row: SweepRow };

let trial: Trial | null = null;

function say(word: FromWorker): void {
  process.send?.(word);
}

process.on('message', (word: ToWorker) => {
  void (async () => {
    if (word.kind === 'begin') {
      trial = await prepareTrial(word.request);
      say({ kind: 'ready' });
    } else if (trial !== null) say({ kind: 'row', row: rowOf(trial, word) });
  })();
});
// Whoever asked is gone.
process.on('disconnect', () => process.exit(0));

function rowOf(
  { strategy, series, options }: Trial,
  { index, parameters }: Extract<ToWorker, { kind: 'try' }>,
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
