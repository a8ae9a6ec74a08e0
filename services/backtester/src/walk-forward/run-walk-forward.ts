import { type Figure, figureOf, sharpeRatio, totalReturn } from '@ballast/backtest-core';
import { InvalidInput } from '@ballast/domain';
import type { SweepRow } from '../sweep/sweep-row.ts';
import type { Work } from '../sweep/try-combination.ts';
import type { Parameters } from '../sweep/vary.ts';
import { runInSpan, type SpanRun } from '../trial-in-span.ts';
import type { Trial } from '../trial.ts';
import { type DatedWindow, type WalkForwardShape, windowsOf } from './windows.ts';

/** What one window's training came to for one combination. */
export type Trained = {
  readonly sharpe: Figure;
  readonly totalReturn: number;
  readonly entered: number;
};

export type WalkedWindow = DatedWindow & {
  readonly tried: number;
  readonly refused: number;
  /** Which combination the training chose; null where none has traded in it. */
  readonly chosen: { readonly index: number; readonly trained: Trained } | null;
  /** Null where nothing was chosen: nothing is traded then. */
  readonly run: SpanRun | null;
};

export type Refused = { readonly index: number; readonly code: string; readonly message: string };

export type WalkForward = {
  readonly windows: readonly WalkedWindow[];
  /** Once a combination, with the first reason. */
  readonly refused: readonly Refused[];
};

/** Tries all of this and tells each row, in any order; as the worker processes do. */
export type TryAll = (work: readonly Work[], onRow: (row: SweepRow) => void) => Promise<void>;

/**
 * Chooses parameters anew on each training window, by backtests of that window alone, and runs
 * the window after it with what was chosen. Nothing of a window is known to the choice for it.
 * @throws InvalidInput SWEEP_EMPTY, WINDOWS_TOO_MANY, BARS_TOO_FEW where no window could be trained
 * on, and what `tryAll` throws
 */
export async function runWalkForward(
  trial: Trial,
  {
    combinations,
    base,
    ...shape
  }: WalkForwardShape & {
    readonly combinations: readonly Parameters[];
    /** Parameters that do not vary. */
    readonly base: Parameters;
  },
  tryAll: TryAll,
): Promise<WalkForward> {
  if (combinations.length === 0) throw new InvalidInput('SWEEP_EMPTY', 'nothing is to vary');
  const windows = windowsOf(trial, shape);
  const parametersOf = (index: number): Parameters => ({ ...base, ...combinations[index] });
  const work = windows.flatMap(({ inSample: span }, window) =>
    combinations.map((_, at) => ({
      ...{ index: window * combinations.length + at, parameters: parametersOf(at), span },
    })),
  );
  const trained = windows.map(() => new Map<number, Trained>());
  const refused = new Map<number, Refused>();
  await tryAll(work, (row) => {
    const [window, index] = placeOf(row.index, combinations.length);
    if (row.ok) trained[window]?.set(index, trainedBy(row));
    else if (!refused.has(index)) refused.set(index, { ...row, index });
  });
  if (trained.every(({ size }) => size === 0)) {
    const [first] = refused.values();
    throw new InvalidInput(first?.code ?? 'BARS_TOO_FEW', first?.message ?? 'nothing was tried');
  }
  return {
    refused: [...refused.values()].toSorted((a, b) => a.index - b.index),
    windows: windows.map((window, at) => {
      const all = trained[at] ?? new Map<number, Trained>();
      const chosen = bestOf(all);
      const run = chosen && runInSpan(trial, parametersOf(chosen.index), window.outOfSample);
      return { ...window, tried: all.size, refused: combinations.length - all.size, chosen, run };
    }),
  };
}

/** Row by row all combinations of one training, then those of the next. */
export const placeOf = (index: number, count: number): [window: number, combination: number] => [
  Math.floor(index / count),
  index % count,
];

function trainedBy({ returns, entered }: Extract<SweepRow, { ok: true }>): Trained {
  return {
    sharpe: figureOf(() => sharpeRatio(returns)),
    totalReturn: totalReturn(returns),
    entered,
  };
}

/** By Sharpe ratio of a day; of equals the first, so that workers make no difference. */
function bestOf(trained: ReadonlyMap<number, Trained>): WalkedWindow['chosen'] {
  let best: WalkedWindow['chosen'] = null;
  for (const [index, one] of [...trained].toSorted(([a], [b]) => a - b)) {
    if (one.sharpe.value === null) continue;
    if (best === null || one.sharpe.value > (best.trained.sharpe.value ?? -Infinity)) {
      best = { index, trained: one };
    }
  }
  return best;
}
