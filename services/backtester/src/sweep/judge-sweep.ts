import {
  deflatedSharpe,
  type Figure,
  figureOf,
  judgeTrackRecord,
  type Judgement,
  overfittingProbability,
  sharpeRatio,
  stitchOutOfSample,
  trackRecordOf,
  trialsOf,
  walkForwardWindows,
} from '@ballast/backtest-core';
import { InvalidInput } from '@ballast/domain';
import { createPrng } from '@ballast/sim-core';
import type { TriedRow } from './sweep-row.ts';

/** Blocks of the cross-validation, and windows of the walk-forward: 12,870 splits and ten. */
const BLOCKS = 16;
const WINDOWS = 10;

export type SweepJudgement = {
  readonly best: TriedRow | null;
  /** Of one day. */
  readonly bestSharpe: Figure;
  readonly deflatedSharpe: Figure;
  readonly overfittingProbability: Figure;
  /** Daily returns of who had chosen anew at each window, by what was best until then. */
  readonly walkForward: readonly number[];
  /** Null where there is not enough to judge by; the figures say why. */
  readonly judgement: Judgement | null;
};

/**
 * What a sweep as a whole says: of its best, and of having chosen it among all.
 * @param others Sharpe ratios of one day of what was tried before, beside these rows
 */
export function judgeSweep(
  rows: readonly TriedRow[],
  seed: string,
  others: readonly number[] = [],
): SweepJudgement {
  const sharpes = rows.map(({ returns }) => figureOf(() => sharpeRatio(returns)));
  const tried = rows.filter((_, index) => sharpes[index]?.value !== null);
  const values = sharpes.flatMap(({ value }) => value ?? []);
  const trials = [...values, ...others];
  const best = tried[values.indexOf(Math.max(...values))] ?? null;
  const returns = tried.map((row) => row.returns);
  const chosen = best?.returns ?? [];
  const walkForward = chosenAnew(returns);
  const overfitting = () => overfittingProbability(returns, { blocks: BLOCKS });
  return {
    best,
    bestSharpe: figureOf(() => sharpeRatio(chosen)),
    deflatedSharpe: figureOf(
      () => deflatedSharpe(trackRecordOf(chosen), trialsOf(trials)).probability,
    ),
    overfittingProbability: figureOf(() => overfitting().probability),
    walkForward,
    judgement: judged(() =>
      judgeTrackRecord({
        ...{ returns: chosen, trials: trialsOf(trials), overfitting: overfitting() },
        ...{ outOfSample: walkForward, prng: createPrng(seed) },
      }),
    ),
  };
}

/** The first half is looked at before the first choice; each choice holds for a window. */
function chosenAnew(returns: readonly (readonly number[])[]): readonly number[] {
  const count = returns[0]?.length ?? 0;
  const inSample = Math.floor(count / 2);
  const outOfSample = Math.ceil((count - inSample) / WINDOWS);
  if (inSample < 2 || outOfSample < 1 || count <= inSample) return [];
  const windows = walkForwardWindows({ count, inSample, outOfSample, mode: 'anchored' });
  const parts = windows.map(({ inSample: seen, outOfSample: next }) => {
    const ranked = returns.map(
      (all) => figureOf(() => sharpeRatio(all.slice(seen.from, seen.to))).value ?? -Infinity,
    );
    const chosen = returns[ranked.indexOf(Math.max(...ranked))] ?? [];
    return chosen.slice(next.from, next.to);
  });
  return [...stitchOutOfSample(windows, parts)];
}

function judged(judge: () => Judgement): Judgement | null {
  try {
    return judge();
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}
