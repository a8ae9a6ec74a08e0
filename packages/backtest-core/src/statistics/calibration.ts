import {
  checkRange,
  checkSameLength,
  checkSample,
  checkWhole,
  refuse,
  type Sample,
  valueAt,
} from './sample.ts';

/** Forecasts are moved this far from 0 and 1, where one miss would cost infinitely much. */
const LOG_LOSS_MARGIN = 2 ** -52;

export type BrierParts = {
  readonly brier: number;
  /** How far forecasts are from what then happened; 0 is best. */
  readonly reliability: number;
  /** How far what happened differs between forecasts; more is better. */
  readonly resolution: number;
  /** Of what happened, whatever was forecast. */
  readonly uncertainty: number;
  /** 1 - brier / uncertainty: over always forecasting the mean. Null where all went one way. */
  readonly skill: number | null;
};

export type CalibrationBin = {
  readonly count: number;
  readonly meanForecast: number;
  readonly observedShare: number;
};

/**
 * Mean of (p - y)². Source: Brier, "Verification of Forecasts Expressed in Terms of Probability"
 * (1950), in the form for two outcomes.
 * @param outcomes 0 or 1
 * @throws SAMPLE_TOO_SHORT (none), LENGTHS_DIFFER, PARAMETER_OUT_OF_RANGE
 */
export function brierScore(forecasts: Sample, outcomes: Sample): number {
  checkForecasts(forecasts, outcomes);
  let squares = 0;
  for (let at = 0; at < forecasts.length; at++) {
    squares += (valueAt(forecasts, at) - valueAt(outcomes, at)) ** 2;
  }
  return squares / forecasts.length;
}

/**
 * Mean of -ln of the probability that was given to what happened; natural logarithm.
 * Source: Good, "Rational Decisions" (1952). @throws as `brierScore`
 */
export function logLoss(forecasts: Sample, outcomes: Sample): number {
  checkForecasts(forecasts, outcomes);
  let loss = 0;
  for (let at = 0; at < forecasts.length; at++) {
    const forecast = valueAt(forecasts, at);
    const given = Math.min(1 - LOG_LOSS_MARGIN, Math.max(LOG_LOSS_MARGIN, forecast));
    loss -= valueAt(outcomes, at) === 1 ? Math.log(given) : Math.log1p(-given);
  }
  return loss / forecasts.length;
}

/**
 * Brier score = reliability - resolution + uncertainty, exact because forecasts are put together
 * by their value. Source: Murphy, "A New Vector Partition of the Probability Score" (1973).
 * @throws as `brierScore`
 */
export function brierParts(forecasts: Sample, outcomes: Sample): BrierParts {
  const brier = brierScore(forecasts, outcomes);
  const groups = groupBy(forecasts, outcomes, (forecast) => forecast);
  const total = forecasts.length;
  const happened = groups.reduce((sum, { hits }) => sum + hits, 0) / total;
  let reliability = 0;
  let resolution = 0;
  for (const { count, forecastSum, hits } of groups) {
    reliability += (count / total) * (forecastSum / count - hits / count) ** 2;
    resolution += (count / total) * (hits / count - happened) ** 2;
  }
  const uncertainty = happened * (1 - happened);
  const skill = uncertainty === 0 ? null : 1 - brier / uncertainty;
  return { brier, reliability, resolution, uncertainty, skill };
}

/**
 * Forecasts in `bins` of equal width, (0, 1/b], (1/b, 2/b], …, 0 in the first; empty ones left
 * out. @throws as `brierScore`
 */
export function calibrationBins(forecasts: Sample, outcomes: Sample, bins = 10): CalibrationBin[] {
  checkForecasts(forecasts, outcomes);
  checkWhole(bins, 'bins', 1, 1000);
  const binOf = (forecast: number) => Math.max(0, Math.ceil(forecast * bins) - 1);
  return groupBy(forecasts, outcomes, binOf).map(({ count, forecastSum, hits }) => ({
    count,
    meanForecast: forecastSum / count,
    observedShare: hits / count,
  }));
}

/**
 * Expected calibration error: mean over forecasts of |observed share - mean forecast| of the bin.
 * Source: Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities" (2015).
 * @throws as `brierScore`
 */
export function calibrationError(forecasts: Sample, outcomes: Sample, bins = 10): number {
  return calibrationBins(forecasts, outcomes, bins).reduce(
    (sum, { count, meanForecast, observedShare }) =>
      sum + (count / forecasts.length) * Math.abs(observedShare - meanForecast),
    0,
  );
}

function checkForecasts(forecasts: Sample, outcomes: Sample): void {
  checkSample(forecasts, 'forecasts');
  checkSameLength(forecasts, outcomes, 'forecasts and outcomes');
  for (let at = 0; at < forecasts.length; at++) {
    checkRange(valueAt(forecasts, at), `forecasts[${at}]`, 0, 1);
    const outcome = valueAt(outcomes, at);
    if (outcome !== 0 && outcome !== 1) {
      refuse('PARAMETER_OUT_OF_RANGE', `outcomes[${at}] is ${outcome}, neither 0 nor 1`);
    }
  }
}

type Group = { count: number; forecastSum: number; hits: number };

function groupBy(forecasts: Sample, outcomes: Sample, keyOf: (forecast: number) => number) {
  const groups = new Map<number, Group>();
  for (let at = 0; at < forecasts.length; at++) {
    const forecast = valueAt(forecasts, at);
    const key = keyOf(forecast);
    const group = groups.get(key) ?? { count: 0, forecastSum: 0, hits: 0 };
    groups.set(key, group);
    group.count++;
    group.forecastSum += forecast;
    group.hits += valueAt(outcomes, at);
  }
  return [...groups].toSorted(([a], [b]) => a - b).map(([, group]) => group);
}
