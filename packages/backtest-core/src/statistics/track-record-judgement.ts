import type { Prng } from '@ballast/sim-core';
import { deflatedSharpe, type Trials } from './deflated-sharpe.ts';
import { type Figure, figureOf } from './figure.ts';
import { JUDGEMENT_LIMITS, type JudgementLimits } from './judgement-limits.ts';
import { luckFigures } from './luck-figures.ts';
import type { Overfitting } from './overfitting.ts';
import { trackRecordOf } from './probabilistic-sharpe.ts';
import { refuse, type Sample } from './sample.ts';

export type TrackRecordCase = {
  /** Per period, over all that was looked at, of the trial that was chosen. */
  readonly returns: Sample;
  /**
   * Every trial that was ever run for this strategy, not the last sweep alone. Their plain count:
   * the effective one lets nearly twice as much noise through when trials are much alike.
   */
  readonly trials: Trials;
  /**
   * By CSCV over the same trials, or the code of why it has no value; null only where there was a
   * single one and no choice.
   */
  readonly overfitting:
    | Pick<Overfitting, 'probability' | 'lossProbability'>
    | { readonly reason: string }
    | null;
  /** Stitched walk-forward returns: what choosing anew each time would have earned. */
  readonly outOfSample: Sample;
  /** That the chosen trial entered. */
  readonly trades: number;
  readonly prng: Prng;
};

export type JudgementCheck =
  | 'deflated-sharpe'
  | 'overfitting'
  | 'track-record-length'
  | 'out-of-sample-interval'
  | 'permutation'
  | 'trades';

/** A check that was not passed. Without a figure there is the code of why not. */
export type FailedCheck = { readonly check: JudgementCheck; readonly limit: number } & Figure;

export type Judgement = {
  readonly ok: boolean;
  readonly figures: Readonly<Record<JudgementFigure, Figure>>;
  readonly failing: readonly FailedCheck[];
};

export type JudgementFigure =
  | 'sharpe'
  | 'sharpeOfLuck'
  | 'deflatedSharpe'
  | 'overfittingProbability'
  | 'lossProbability'
  | 'outOfSampleCount'
  | 'outOfSampleSharpe'
  | 'minimumTrackRecord'
  | 'blockLength'
  | 'outOfSampleMeanLow'
  | 'outOfSampleMeanHigh'
  | 'permutationP'
  | 'trades';

/**
 * Whether a strategy's record is evidence of an edge, or what luck would show. All checks must
 * be passed; one whose figure cannot be computed is failed, with the reason.
 *
 * @throws PARAMETER_OUT_OF_RANGE where several trials come without their probability of
 *   overfitting, which would skip a check without a word
 */
export function judgeTrackRecord(
  given: TrackRecordCase,
  limits: JudgementLimits = JUDGEMENT_LIMITS,
): Judgement {
  if (given.overfitting === null && given.trials.count > 1) {
    refuse('PARAMETER_OUT_OF_RANGE', `${given.trials.count} trials without their overfitting`);
  }
  const figures = figuresOf(given, limits);
  const failing: FailedCheck[] = [];
  const check = (name: JudgementCheck, figure: Figure, limit: number, passes: boolean): void => {
    if (!passes) failing.push({ check: name, limit, ...figure });
  };
  const { deflatedSharpeMin, overfittingMax, lossMax } = limits;
  const { deflatedSharpe: deflated, outOfSampleMeanLow: low } = figures;
  check('deflated-sharpe', deflated, deflatedSharpeMin, isAtLeast(deflated, deflatedSharpeMin));
  const { overfittingProbability, lossProbability, minimumTrackRecord: needed } = figures;
  const isChosenWell =
    given.overfitting === null ||
    isAtMost(overfittingProbability, overfittingMax) ||
    isAtMost(lossProbability, lossMax);
  check('overfitting', overfittingProbability, overfittingMax, isChosenWell);
  const count = given.outOfSample.length;
  check('track-record-length', needed, count, isAtMost(needed, count));
  check('out-of-sample-interval', low, 0, low.value !== null && low.value > 0);
  const { permutationP, trades } = figures;
  const { permutationMax, tradesMin } = limits;
  check('permutation', permutationP, permutationMax, isAtMost(permutationP, permutationMax));
  check('trades', trades, tradesMin, isAtLeast(trades, tradesMin));
  return { ok: failing.length === 0, figures, failing };
}

function figuresOf(given: TrackRecordCase, limits: JudgementLimits): Judgement['figures'] {
  const { returns, trials, overfitting, outOfSample, prng } = given;
  const deflated = () => deflatedSharpe(trackRecordOf(returns), trials);
  const luck = luckFigures(outOfSample, prng, limits);
  const overfit = (name: 'probability' | 'lossProbability'): Figure => {
    if (overfitting === null) return figureOf(noChoice);
    if ('reason' in overfitting) return { value: null, reason: overfitting.reason };
    return { value: overfitting[name], reason: null };
  };
  return {
    sharpe: figureOf(() => trackRecordOf(returns).sharpe),
    sharpeOfLuck: figureOf(() => deflated().benchmark),
    deflatedSharpe: figureOf(() => deflated().probability),
    overfittingProbability: overfit('probability'),
    lossProbability: overfit('lossProbability'),
    outOfSampleCount: { value: outOfSample.length, reason: null },
    outOfSampleSharpe: figureOf(() => trackRecordOf(outOfSample).sharpe),
    minimumTrackRecord: luck.minimumTrackRecord,
    blockLength: luck.blockLength,
    outOfSampleMeanLow: luck.meanLow,
    outOfSampleMeanHigh: luck.meanHigh,
    permutationP: luck.permutationP,
    trades: { value: given.trades, reason: null },
  };
}

function isAtLeast({ value }: Figure, limit: number): boolean {
  return value !== null && value >= limit;
}

function isAtMost({ value }: Figure, limit: number): boolean {
  return value !== null && value <= limit;
}

function noChoice(): never {
  return refuse('SAMPLE_TOO_SHORT', 'a single trial leaves nothing to choose');
}
