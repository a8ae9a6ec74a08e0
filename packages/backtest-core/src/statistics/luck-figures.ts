import type { Prng } from '@ballast/sim-core';
import { automaticBlockLength } from './block-length.ts';
import { percentileInterval, stationaryBootstrap } from './bootstrap.ts';
import { type Figure, figureOf } from './figure.ts';
import { JUDGEMENT_LIMITS, type JudgementLimits } from './judgement-limits.ts';
import { signFlipP } from './permutation.ts';
import { minimumTrackRecord, trackRecordOf } from './probabilistic-sharpe.ts';
import { checkSample, refuse, type Sample } from './sample.ts';

/** Whether returns may be luck. Each has a value or the reason why not. */
export type LuckFigures = {
  /** Returns that are needed before the Sharpe ratio is above 0 with the confidence asked for. */
  readonly minimumTrackRecord: Figure;
  readonly blockLength: Figure;
  /** Of the mean return of a period, by blocks. */
  readonly meanLow: Figure;
  readonly meanHigh: Figure;
  /** How often the returns would sum to as much, had each as well had the other sign. */
  readonly permutationP: Figure;
};

/**
 * @param prng advanced in place: by the bootstrap first, then by the permutation
 * @throws never for the returns: a figure that they do not allow has its reason
 */
export function luckFigures(
  returns: Sample,
  prng: Prng,
  limits: JudgementLimits = JUDGEMENT_LIMITS,
): LuckFigures {
  const blockLength = figureOf(() => automaticBlockLength(returns));
  const { low, high } = intervalOf(returns, blockLength, limits, prng);
  return {
    minimumTrackRecord: figureOf(() =>
      minimumTrackRecord(trackRecordOf(returns), 0, limits.recordConfidence),
    ),
    ...{ blockLength, meanLow: low, meanHigh: high },
    permutationP: figureOf(() => {
      checkMoved(returns);
      return signFlipP(returns, { count: limits.resamples, prng });
    }),
  };
}

function intervalOf(
  returns: Sample,
  blockLength: Figure,
  { resamples, intervalConfidence }: JudgementLimits,
  prng: Prng,
): { low: Figure; high: Figure } {
  if (blockLength.value === null) return { low: blockLength, high: blockLength };
  const options = { blockLength: blockLength.value, resamples, prng };
  const estimates = stationaryBootstrap(returns, meanOfResample, options);
  const { low, high } = percentileInterval(estimates, intervalConfidence);
  return { low: { value: low, reason: null }, high: { value: high, reason: null } };
}

/** The resample was checked where it was drawn from; a second look would cost most of the time. */
function meanOfResample(resample: Float64Array): number {
  let sum = 0;
  for (const value of resample) sum += value;
  return sum / resample.length;
}

/** Signs of zeros make no arrangement another. */
function checkMoved(returns: Sample): void {
  checkSample(returns, 'returns');
  for (let at = 0; at < returns.length; at++) if (returns[at] !== 0) return;
  refuse('SAMPLE_WITHOUT_VARIANCE', `${returns.length} returns, and none differs from 0`);
}
