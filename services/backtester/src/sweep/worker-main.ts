import { type BacktestOptions, handingOn } from '@ballast/backtest-core';
import { strategyNamed } from '@ballast/strategies';
import type { BarsOfTrial, Prepared } from '../trial-in-span.ts';
import type { SweepRow } from './sweep-row.ts';
import { rowOf, type Work } from './try-combination.ts';

/**
 * What a worker is sent: first what is the same for all, one series after the other and the options
 * behind them, then one combination after the other.
 */
export type ToWorker =
  | { readonly kind: 'series'; readonly one: BarsOfTrial }
  | { readonly kind: 'begin'; readonly options: BacktestOptions }
  | ({ readonly kind: 'try' } & Work);
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'row'; readonly row: SweepRow };

const series: BarsOfTrial[] = [];
let trial: Prepared | null = null;

function say(word: FromWorker): void {
  process.send?.(word);
}

process.on('message', (word: ToWorker) => {
  switch (word.kind) {
    case 'series':
      series.push(word.one);
      return;
    case 'begin': {
      const strategy = strategyNamed(word.options.strategy);
      trial = { strategy, series, options: handingOn(word.options) };
      say({ kind: 'ready' });
      return;
    }
    case 'try':
      if (trial === null) throw new Error('a combination came before what it is tried on');
      say({ kind: 'row', row: rowOf(trial, word) });
  }
});
// Whoever asked is gone.
process.on('disconnect', () => process.exit(0));
