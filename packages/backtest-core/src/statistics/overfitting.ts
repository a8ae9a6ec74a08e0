import {
  blockFigures,
  type BlockFigures,
  type Performance,
  performanceOver,
} from './block-figures.ts';
import { combinationCount, forEachCombination } from './combinations.ts';
import { fitLine, type Line } from './line.ts';
import {
  checkSameLength,
  checkSample,
  checkWhole,
  refuse,
  type Sample,
  valueAt,
} from './sample.ts';

/** C(20, 10) = 184,756 splits; each costs blocks × trials, and keeps 24 bytes. */
export const OVERFITTING_BLOCKS_MAX = 20;

export type OverfittingOptions = {
  /** S, even. 16 gives 12,870 splits. */
  readonly blocks: number;
  readonly performance?: Performance;
};

export type Overfitting = {
  /** Share of splits whose logit is 0 or below: the best in-sample is no better than the median. */
  readonly probability: number;
  /** Share of splits in which what was best in-sample loses out-of-sample (below 0). */
  readonly lossProbability: number;
  /** Out-of-sample on in-sample; null where the best was equally good in every split. */
  readonly line: Line | null;
  /** A value a split, in lexicographic order of the blocks that are in-sample. */
  readonly logits: Float64Array;
  readonly inSample: Float64Array;
  readonly outOfSample: Float64Array;
  /** Rows at the front that do not fill a block. */
  readonly rowsDropped: number;
};

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation: each half of
 * S blocks is in-sample once; the best there (the first of equals) is ranked among all in the
 * other half, ω = rank / (N + 1) with average ranks of equals, logit = ln(ω / (1 - ω)).
 * Source: Bailey, Borwein, López de Prado and Zhu, "The Probability of Backtest Overfitting"
 * (2017). The R package `pbo` takes rank / N, whose logit can be infinite; pypbo N + 1 as here.
 * T mod S rows are dropped at the FRONT, where they are oldest.
 *
 * Time O(C(S, S/2) · S · N), memory O(S · N + C(S, S/2)): the matrix itself is read once, a trial
 * after the other.
 *
 * @param trials the returns of each trial, all of one length T; need not be held together
 * @throws SAMPLE_TOO_SHORT (< 2 trials, < 2 rows a block), LENGTHS_DIFFER, SAMPLE_NOT_FINITE,
 *   SAMPLE_WITHOUT_VARIANCE as `performance` says, PARAMETER_OUT_OF_RANGE
 */
export function overfittingProbability(
  trials: Iterable<Sample>,
  options: OverfittingOptions,
): Overfitting {
  const { blocks, performance: kind = 'sharpe' } = options;
  checkWhole(blocks, 'blocks', 2, OVERFITTING_BLOCKS_MAX);
  if (blocks % 2 !== 0) refuse('PARAMETER_OUT_OF_RANGE', `blocks is ${blocks}, not even`);
  const figures = blockFigures(checked(trials, blocks), blocks);
  const half = blocks / 2;
  const splits = combinationCount(blocks, half);
  const logits = new Float64Array(splits);
  const inSample = new Float64Array(splits);
  const outOfSample = new Float64Array(splits);
  const inside = new Float64Array(figures.trials);
  const outside = new Float64Array(figures.trials);
  let split = 0;
  forEachCombination(blocks, half, splits, (places) => {
    measure(figures, places, kind, inside);
    measure(figures, othersOf(places, blocks), kind, outside);
    const best = firstBest(inside);
    const share = averageRank(outside, best) / (figures.trials + 1);
    logits[split] = Math.log(share / (1 - share));
    inSample[split] = valueAt(inside, best);
    outOfSample[split] = valueAt(outside, best);
    split++;
  });
  return {
    probability: shareOf(logits, (logit) => logit <= 0),
    lossProbability: shareOf(outOfSample, (value) => value < 0),
    line: fitLine(inSample, outOfSample),
    logits,
    inSample,
    outOfSample,
    rowsDropped: figures.rowsDropped,
  };
}

function* checked(trials: Iterable<Sample>, blocks: number): Generator<Sample> {
  let count = 0;
  let length = 0;
  for (const trial of trials) {
    if (count === 0) length = trial.length;
    checkSameLength({ length }, trial, `trials 0 and ${count}`);
    checkSample(trial, `trial ${count}`, 2 * blocks);
    count += 1;
    yield trial;
  }
  if (count < 2) {
    refuse('SAMPLE_TOO_SHORT', `${count} trials, 2 are needed to choose between`);
  }
}

function measure(
  figures: BlockFigures,
  places: Int32Array,
  kind: Performance,
  into: Float64Array,
): void {
  for (let trial = 0; trial < into.length; trial++) {
    into[trial] = performanceOver(figures, trial, places, kind);
  }
}

/** The blocks that are not among `places`, which ascend: `block - at` of those are behind us. */
function othersOf(places: Int32Array, blocks: number): Int32Array {
  const others = new Int32Array(blocks - places.length);
  for (let block = 0, at = 0; block < blocks; block++) {
    if (places[block - at] === block) continue;
    others[at++] = block;
  }
  return others;
}

function firstBest(values: Float64Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) {
    if (valueAt(values, at) > valueAt(values, best)) best = at;
  }
  return best;
}

/** From 1 for the worst; equals share the mean of their ranks. */
function averageRank(values: Float64Array, of: number): number {
  const own = valueAt(values, of);
  let below = 0;
  let equal = 0;
  for (const value of values) {
    if (value < own) below++;
    else if (value === own) equal++;
  }
  return below + (equal + 1) / 2;
}

function shareOf(values: Float64Array, isMeant: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (isMeant(value)) count++;
  return count / values.length;
}
