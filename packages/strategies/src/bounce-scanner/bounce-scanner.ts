import { atr, rsi, sma } from '@ballast/indicators';
import { ageOf, sayOf } from '../idea.ts';
import { Layout } from '../layout.ts';
import { rangedOpinion } from '../levels.ts';
import { type Model, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { countBar, forgottenByWilder } from '../warm-up.ts';
import { type BounceScannerParameters, bounceScannerParameters } from './parameters.ts';

/** Ranges above the long average that give all points. */
const FULL_TREND = 5;
/** Relative strength that gives no points. */
const NOT_OVERSOLD = 50;
/** Climaxes that the volume must be for all points. */
const FULL_CLIMAX = 2;

/**
 * Looks through stocks for one that has been sold out in a rising market: oversold above its long
 * average, on a volume that says that many gave up. Leaves when it is back above the short average,
 * or after `barsMax` bars.
 */
export const bounceScanner = strategyOf({
  name: 'bounce-scanner',
  timeframe: '1d',
  market: 'stock',
  directions: ['long'],
  needs: [],
  parameters: bounceScannerParameters,
  model(parameters) {
    const place = placesOf(parameters);
    const { layout, warmUp, score, parts, seen } = place;
    return {
      ...{ warmUp, size: layout.size, start: layout.start, score, parts, seen },
      step: stepOf(place, parameters),
      opinion: rangedOpinion(seen, parameters),
    };
  },
});

function placesOf(parameters: BounceScannerParameters) {
  const { trendPeriod, exitPeriod, strengthPeriod, volumePeriod, rangePeriod } = parameters;
  const layout = new Layout();
  const [trend, exit, strength] = [sma(trendPeriod), sma(exitPeriod), rsi(strengthPeriod)];
  const [usual, range] = [sma(volumePeriod), atr(rangePeriod)];
  return {
    ...{ layout, trend, exit, strength, usual, range },
    ...{ TREND: layout.place(trend), EXIT: layout.place(exit), STRENGTH: layout.place(strength) },
    ...{ USUAL: layout.place(usual), RANGE: layout.place(range) },
    warmUp: Math.max(
      ...[trendPeriod, exitPeriod, volumePeriod + 1],
      ...[forgottenByWilder(strengthPeriod), forgottenByWilder(rangePeriod)],
    ),
    seen: {
      ...{ averageTrueRange: layout.unknown(), average: layout.unknown() },
      ...{ exitAverage: layout.unknown(), relativeStrength: layout.unknown() },
      ...{ volumeRatio: layout.unknown(), averageVolume: layout.unknown() },
    },
    score: layout.unknown(),
    parts: { trend: layout.unknown(), oversold: layout.unknown(), climax: layout.unknown() },
    ...{ IDEA: layout.number(), AGE: layout.number(), BARS: layout.number() },
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  { strengthLow, climaxMin, barsMax }: BounceScannerParameters,
): Model['step'] {
  const { trend, exit, strength, usual, range, warmUp, score, parts, seen } = place;
  const { TREND, EXIT, STRENGTH, USUAL, RANGE, IDEA, AGE, BARS } = place;
  return (state, at, { high, low, close, volume }, row) => {
    const price = close[row] ?? NaN;
    const traded = volume[row] ?? NaN;
    const usually = state[at + seen.averageVolume] ?? NaN;
    const average = trend.step(state, at + TREND, price);
    const back = exit.step(state, at + EXIT, price);
    const relative = strength.step(state, at + STRENGTH, price);
    const ranged = range.step(state, at + RANGE, high[row] ?? NaN, low[row] ?? NaN, price);
    state[at + seen.averageVolume] = usual.step(state, at + USUAL, traded);
    const climax = usually > 0 ? traded / usually : usually;
    state[at + seen.averageTrueRange] = ranged;
    state[at + seen.average] = average;
    state[at + seen.exitAverage] = back;
    state[at + seen.relativeStrength] = relative;
    state[at + seen.volumeRatio] = climax;
    const forTrend = points(share((price - average) / ranged, 0, FULL_TREND), 30);
    const forOversold = points(share(relative, NOT_OVERSOLD, 0), 40);
    const forClimax = points(share(climax, 1, 1 + FULL_CLIMAX * climaxMin), 30);
    state[at + parts.trend] = forTrend;
    state[at + parts.oversold] = forOversold;
    state[at + parts.climax] = forClimax;
    state[at + score] = forTrend + forOversold + forClimax;
    if (!countBar(state, at + BARS, warmUp)) return 0;
    const soldOut = relative <= strengthLow && climax >= climaxMin;
    const wanted = soldOut && price > average && price < back && ranged > 0;
    const age = ageOf(state, at + AGE, at + IDEA);
    return sayOf(state, at + IDEA, wanted ? 1 : 0, price > back || age >= barsMax);
  };
}
