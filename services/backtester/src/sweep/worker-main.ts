import { handingOn } from '@ballast/backtest-core';
import { InvalidInput } from '@ballast/domain';
import { prepareTrial, type Trial, type TrialRequest } from '../trial.ts';
import type { SweepRow } from './sweep-row.ts';
import { rowOf, type Work } from './try-combination.ts';

/** What a worker is sent: first what is the same for all, then one combination after the other. */
export type ToWorker =
  | { readonly kind: 'begin'; readonly request: TrialRequest; readonly hash: string }
  | ({ readonly kind: 'try' } & Work);
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'row'; readonly row: SweepRow };

let trial: Trial | null = null;

function say(word: FromWorker): void {
  process.send?.(word);
}

/** @param hash of what the sweep began with; its rows would otherwise be of two sets of bars */
async function begin(request: TrialRequest, hash: string): Promise<void> {
  try {
    const prepared = await prepareTrial(request);
    if (prepared.hash !== hash) {
      const detail = 'a file was changed while the sweep ran over it; its rows would be of both';
      throw new InvalidInput('BARS_CHANGED', detail);
    }
    trial = { ...prepared, options: handingOn(prepared.options) };
    say({ kind: 'ready' });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    say({ kind: 'refused', code: error.code, message: error.message });
  }
}

process.on('message', (word: ToWorker) => {
  void (async () => {
    if (word.kind === 'begin') await begin(word.request, word.hash);
    else if (trial !== null) say({ kind: 'row', row: rowOf(trial, word) });
  })();
});
// Whoever asked is gone.
process.on('disconnect', () => process.exit(0));
