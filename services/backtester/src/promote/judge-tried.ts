import {
  type Figure,
  figureOf,
  judgeTrackRecord,
  type Judgement,
  type Overfitting,
  overfittingProbability,
  sharpeRatio,
  stitchOutOfSample,
  trialsOf,
  walkForwardWindows,
} from '@ballast/backtest-core';
import { InvalidInput } from '@ballast/domain';
import { createPrng } from '@ballast/sim-core';

/** Blocks of the cross-validation, and windows of the walk-forward: 12,870 splits and ten. */
const BLOCKS = 16;
const WINDOWS = 10;

/** What a combination came to, whether its row lay in a folder or in a table. */
export type Tried = {
  /** Trades that it entered. */
  readonly entered: number;
  /** Of each day. Where they are read off a file, good until those of another one are. */
  readonly returns: readonly number[] | Float64Array;
};

export type TriedCase<T extends Tried> = {
  /** What was tried on the same bars under the same costs: what the choice was between. */
  readonly field: readonly T[];
  /**
   * What else was ever tried of this strategy, as its Sharpe ratio of a day, null for what never
   * traded: it counts as so many trials more.
   */
  readonly elsewhere: readonly (number | null)[];
  /** Of a walk-forward with runs of its own; null: put together from the field's returns. */
  readonly outOfSample: {
    readonly returns: readonly number[];
    readonly trades: number;
  } | null;
  readonly seed: string;
};

export type TriedJudgement<T extends Tried> = {
  /** Of the field, by Sharpe ratio of a day; null where none has traded. */
  readonly best: T | null;
  readonly trials: number;
  /** Daily returns of who had chosen anew at each window, by what was best until then. */
  readonly outOfSample: readonly number[];
  readonly judgement: Judgement;
};

/**
 * Whether the best of all that was tried is evidence of an edge. Each trial counts, also one that
 * never traded; what cannot be computed fails its check with the reason.
 */
export function judgeTried<T extends Tried>(given: TriedCase<T>): TriedJudgement<T> {
  const { field, elsewhere, seed } = given;
  const count = field.length + elsewhere.length;
  const sharpes = field.map(sharpeOf);
  const own = sharpes.flatMap(({ value }) => value ?? []);
  const known = [...own, ...elsewhere.flatMap((value) => value ?? [])];
  const best = bestOf(field, sharpes);
  const outOfSample = given.outOfSample?.returns ?? chosenAnew(field);
  // The wider of both: trials elsewhere that are all alike must not make luck look smaller.
  const variance = Math.max(varianceOf(own), varianceOf(known));
  const judgement = judgeTrackRecord({
    ...{ returns: [...(best?.returns ?? [])], trials: { count: Math.max(1, count), variance } },
    ...{ overfitting: count <= 1 ? null : overfittingOf(field), outOfSample },
    // The fewer of both: what was out of sample is judged, and is often a part of all.
    trades: Math.min(best?.entered ?? 0, given.outOfSample?.trades ?? Infinity),
    prng: createPrng(seed),
  });
  return { best, trials: count, outOfSample, judgement };
}

const varianceOf = (sharpes: readonly number[]): number =>
  sharpes.length === 0 ? 0 : trialsOf(sharpes).variance;

/** By Sharpe ratio of a day, the first of those with the same; null where none has one. */
export function bestOf<T extends Tried>(
  field: readonly T[],
  sharpes: readonly Figure[] = field.map(sharpeOf),
): T | null {
  const highest = Math.max(...sharpes.map(({ value }) => value ?? -Infinity));
  return field[sharpes.findIndex(({ value }) => value === highest)] ?? null;
}

/** Of a day. */
export const sharpeOf = ({ returns }: Tried): Figure => figureOf(() => sharpeRatio(returns));

function overfittingOf(field: readonly Tried[]): Overfitting | { reason: string } {
  try {
    return overfittingProbability(returnsOf(field), { blocks: BLOCKS });
  } catch (error) {
    if (error instanceof InvalidInput) return { reason: error.code };
    throw error;
  }
}

/** One after the other: all of them together may be more than fits into memory. */
function* returnsOf(field: readonly Tried[]): Generator<Tried['returns']> {
  for (const { returns } of field) yield returns;
}

/** The first half is looked at before the first choice; each choice holds for a window. */
function chosenAnew(field: readonly Tried[]): readonly number[] {
  const count = field[0]?.returns.length ?? 0;
  const inSample = Math.floor(count / 2);
  const outOfSample = Math.ceil((count - inSample) / WINDOWS);
  if (inSample < 2 || outOfSample < 1 || count <= inSample) return [];
  const windows = walkForwardWindows({ count, inSample, outOfSample, mode: 'anchored' });
  const chosen = windows.map(() => ({ at: 0, sharpe: -Infinity }));
  // One for all: a copy a window and combination is what the collector cannot keep up with.
  let days = new Float64Array(count);
  for (const [at, { returns }] of field.entries()) {
    if (days.length !== returns.length) days = new Float64Array(returns.length);
    days.set(returns);
    for (const [window, { inSample: seen }] of windows.entries()) {
      const sharpe = figureOf(() => sharpeRatio(days.subarray(seen.from, seen.to))).value;
      if (sharpe !== null && sharpe > (chosen[window]?.sharpe ?? NaN)) {
        chosen[window] = { at, sharpe };
      }
    }
  }
  const parts = windows.map(({ outOfSample: next }, window) => {
    const { returns = [] } = field[chosen[window]?.at ?? 0] ?? {};
    return returns.slice(next.from, next.to);
  });
  return [...stitchOutOfSample(windows, parts)];
}
