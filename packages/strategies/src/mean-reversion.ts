import {
  relativeStrength,
  type RelativeStrengthState,
  rollingStatistics,
  type RollingStatisticsState,
} from '@ballast/indicators';
import { levelsAround, type Opinion, type Strategy } from './strategy.ts';

export type MeanReversionParameters = {
  readonly meanPeriod: number;
  /** Distance from the mean, in standard deviations, at which the price counts as stretched. */
  readonly zScoreMin: number;
  /** Back inside this distance the strategy is ready for the next stretch. */
  readonly zScoreReset: number;
  readonly strengthPeriod: number;
  /** Relative strength at or below which a fall is confirmed; 100 minus it for a rise. */
  readonly strengthLow: number;
  /** Distance of the stop from the entry, in standard deviations. */
  readonly stopDeviations: number;
  readonly shortAllowed: boolean;
};

/**
 * 20 and 2: Bollinger's bands (Bollinger on Bollinger Bands, 2001). 14 and 30/70: Wilder (1978).
 * Reset and stop are ours: one deviation is inside the band, and a stop of 1.5 with a target at
 * least 2 deviations away pays from 43 % of winners on, before fees.
 */
export const MEAN_REVERSION_DEFAULTS: MeanReversionParameters = {
  meanPeriod: 20,
  zScoreMin: 2,
  zScoreReset: 1,
  strengthPeriod: 14,
  strengthLow: 30,
  stopDeviations: 1.5,
  shortAllowed: true,
};

/** `stretch` is the side on which an opinion was given and the price has not come back from yet. */
export type MeanReversionState = {
  readonly bars: number;
  readonly mean: RollingStatisticsState;
  readonly strength: RelativeStrengthState;
  readonly stretch: -1 | 0 | 1;
};

/**
 * Expects a price that is stretched away from its mean, confirmed by the relative strength, to come
 * back: entry at the close, target at the mean, one opinion for each stretch.
 */
export function meanReversion(
  parameters: MeanReversionParameters = MEAN_REVERSION_DEFAULTS,
): Strategy<MeanReversionState> {
  const mean = rollingStatistics(parameters.meanPeriod);
  const strength = relativeStrength(parameters.strengthPeriod);
  // Wilder's smoothing keeps (1 - 1/14) of its start at each bar: 2 % is left after four periods.
  const warmUpBars = Math.max(parameters.meanPeriod, 4 * parameters.strengthPeriod);

  return {
    name: 'mean-reversion',
    warmUpBars,
    initial: () => ({ bars: 0, mean: mean.initial(), strength: strength.initial(), stretch: 0 }),
    step(state, bar) {
      const meanNext = mean.step(state.mean, bar.close);
      const strengthNext = strength.step(state.strength, bar.close);
      const bars = Math.min(state.bars + 1, warmUpBars);
      const next = { bars, mean: meanNext.state, strength: strengthNext.state };
      const statistics = meanNext.value;
      if (statistics === null || strengthNext.value === null) {
        return { state: { ...next, stretch: 0 }, opinion: null };
      }
      if (statistics.standardDeviation === 0)
        return { state: { ...next, stretch: 0 }, opinion: null };
      const seen = {
        close: bar.close,
        mean: statistics.mean,
        standardDeviation: statistics.standardDeviation,
        zScore: (bar.close - statistics.mean) / statistics.standardDeviation,
        relativeStrength: strengthNext.value,
      };
      const stretch = stretchAfter(state.stretch, seen, parameters);
      const begins = stretch !== 0 && stretch !== state.stretch && state.bars + 1 > warmUpBars;
      return {
        state: { ...next, stretch },
        opinion: begins ? opinionOn(stretch, seen, parameters) : null,
      };
    },
  };
}

type Seen = {
  readonly close: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly zScore: number;
  readonly relativeStrength: number;
};

function stretchAfter(
  previous: -1 | 0 | 1,
  seen: Seen,
  parameters: MeanReversionParameters,
): -1 | 0 | 1 {
  const { zScoreMin, zScoreReset, strengthLow } = parameters;
  if (seen.zScore <= -zScoreMin && seen.relativeStrength <= strengthLow) return -1;
  if (seen.zScore >= zScoreMin && seen.relativeStrength >= 100 - strengthLow) return 1;
  return previous * seen.zScore >= zScoreReset ? previous : 0;
}

function opinionOn(
  stretch: -1 | 1,
  seen: Seen,
  parameters: MeanReversionParameters,
): Opinion | null {
  if (stretch === 1 && !parameters.shortAllowed) return null;
  const direction = stretch === -1 ? 'long' : 'short';
  const distance = {
    stop: parameters.stopDeviations * seen.standardDeviation,
    target: Math.abs(seen.close - seen.mean),
  };
  const level = levelsAround(direction, seen.close, distance);
  if (level === null) return null;
  const { zScoreMin, strengthLow, stopDeviations } = parameters;
  return { direction, level, inputs: { ...seen, zScoreMin, strengthLow, stopDeviations } };
}
