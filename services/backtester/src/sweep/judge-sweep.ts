import type { Figure, Judgement } from '@ballast/backtest-core';
import { judgeTried, type Tried } from '../promote/judge-tried.ts';

export type SweepJudgement<T extends Tried> = {
  readonly best: T | null;
  /** Of one day. */
  readonly bestSharpe: Figure;
  readonly deflatedSharpe: Figure;
  readonly overfittingProbability: Figure;
  /** Daily returns of who had chosen anew at each window, by what was best until then. */
  readonly walkForward: readonly number[];
  readonly judgement: Judgement;
};

/**
 * What a sweep as a whole says: of its best, and of having chosen it among all.
 * @param others Sharpe ratios of one day of what was tried before, beside these rows; null for
 * what never traded, which is a trial too
 */
export function judgeSweep<T extends Tried>(
  rows: readonly T[],
  seed: string,
  others: readonly (number | null)[] = [],
): SweepJudgement<T> {
  const judged = judgeTried({ field: rows, elsewhere: others, outOfSample: null, seed });
  const { figures } = judged.judgement;
  return {
    best: judged.best,
    bestSharpe: figures.sharpe,
    deflatedSharpe: figures.deflatedSharpe,
    overfittingProbability: figures.overfittingProbability,
    walkForward: judged.outOfSample,
    judgement: judged.judgement,
  };
}
