import { InvalidInput } from '@ballast/domain';
import { prepareTrial, type TrialRequest } from '../trial.ts';
import { warningsOf } from '../warnings.ts';
import { lockFolder } from './folder-lock.ts';
import { judgeSweep } from './judge-sweep.ts';
import type { KeptRow, KeptTriedRow } from './kept-returns.ts';
import { SweepFolder } from './sweep-folder.ts';
import type { Parameters } from './vary.ts';
import { tryAll } from './worker-pool.ts';

export type SweepRequest = {
  readonly request: TrialRequest;
  readonly combinations: readonly Parameters[];
  readonly folder: string;
  readonly workers: number;
};

const BEST_SHOWN = 10;

/**
 * Tries every combination that the folder has no row of yet, and says what all of them come to: the
 * same whatever the number of workers and however often it was broken off.
 * @param onRow told of each row that comes, with how many there are now
 * @throws InvalidInput SWEEP_OTHER, SWEEP_EMPTY, SWEEP_BUSY, OUT_FOLDER, and as `prepareTrial`
 */
export async function runSweep(
  { request, combinations, folder, workers }: SweepRequest,
  parts: { readonly signal: AbortSignal; onRow(done: number): void },
) {
  if (combinations.length === 0) throw new InvalidInput('SWEEP_EMPTY', 'nothing is to vary');
  const trial = await prepareTrial(request);
  const head = {
    ...{ request: { ...request, combinations }, combinations: combinations.length },
    hash: trial.hash,
  };
  const release = lockFolder(folder);
  try {
    const store = new SweepFolder(folder, head);
    try {
      const work = combinations
        .map((varied, index) => ({ index, parameters: { ...request.parameters, ...varied } }))
        .filter(({ index }) => !store.rows.has(index));
      await tryAll(work, {
        ...{ trial, workers, signal: parts.signal },
        onRow(row) {
          store.add(row);
          parts.onRow(store.rows.size);
        },
      });
      const rows = [...store.rows.values()].toSorted((a, b) => a.index - b.index);
      const data = { hash: trial.hash, timeframe: trial.timeframe };
      return { data, ...reportOf(rows, combinations, data.hash), warnings: warningsOf(trial) };
    } finally {
      store.close();
    }
  } finally {
    release();
  }
}

function reportOf(rows: readonly KeptRow[], combinations: readonly Parameters[], seed: string) {
  const tried = rows.filter((row): row is KeptTriedRow => row.ok);
  const { best, ...judged } = judgeSweep(tried, seed);
  const shown = ({ returns: _returns, ...row }: KeptTriedRow) => ({
    ...row,
    parameters: combinations[row.index],
  });
  return {
    combinations: combinations.length,
    tried: tried.length,
    refused: rows.flatMap((row) =>
      row.ok ? [] : [{ ...row, parameters: combinations[row.index] }],
    ),
    best: best === null ? null : shown(best),
    ...judged,
    highest: tried
      .toSorted((a, b) => b.end - a.end || a.index - b.index)
      .slice(0, BEST_SHOWN)
      .map(shown),
  };
}
