import type { Figure, Judgement } from '@ballast/backtest-core';
import { judgeTried } from '../promote/judge-tried.ts';
import type { TriedRow } from './sweep-row.ts';

export type SweepJudgement = {
  readonly best: TriedRow | null;
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
export function judgeSweep(
  rows: readonly TriedRow[],
  seed: string,
  others: readonly (number | null)[] = [],
): SweepJudgement {
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
