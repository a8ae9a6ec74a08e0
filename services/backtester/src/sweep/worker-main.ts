import { handingOn } from '@ballast/backtest-core';
import { prepareTrial, type Trial, type TrialRequest } from '../trial.ts';
import type { SweepRow } from './sweep-row.ts';
import { rowOf, type Work } from './try-combination.ts';

/** What a worker is sent: first what is the same for all, then one combination after the other. */
export type ToWorker =
  | { readonly kind: 'begin'; readonly request: TrialRequest }
  | ({ readonly kind: 'try' } & Work);
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
      const prepared = await prepareTrial(word.request);
      trial = { ...prepared, options: handingOn(prepared.options) };
      say({ kind: 'ready' });
    } else if (trial !== null) say({ kind: 'row', row: rowOf(trial, word) });
  })();
});
// Whoever asked is gone.
process.on('disconnect', () => process.exit(0));
