import { atr, bollinger, rsi, sma } from '@ballast/indicators';
import { ageOf, sayOf } from '../idea.ts';
import { Layout } from '../layout.ts';
import { towardsMean } from '../levels.ts';
import { type Model, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { countBar, forgottenByWilder } from '../warm-up.ts';
import { type MeanReversionShortParameters, meanReversionShortParameters } from './parameters.ts';

/** Ranges below the long average that give all points. */
const FULL_TREND = 3;
/** Relative strength above what is wanted that gives all points. */
const STRENGTH_ABOVE = 15;

/**
 * Sells a rally in a bear market short when it closes back inside the upper band: target at the
 * bands' middle. Leaves at the middle, wherever that has moved to, or after `barsMax` bars.
 */
export const meanReversionShort = strategyOf({
  name: 'mean-reversion-short',
  timeframe: '1h',
  market: 'crypto-linear',
  directions: ['short'],
  needs: [],
  parameters: meanReversionShortParameters,
  model(parameters) {
    const place = placesOf(parameters);
    const { layout, warmUp, score, parts, seen } = place;
    return {
      ...{ warmUp, size: layout.size, start: layout.start, score, parts, seen },
      step: stepOf(place, parameters),
      opinion: towardsMean(seen, parameters.stopRanges),
    };
  },
});

function placesOf(parameters: MeanReversionShortParameters) {
  const { bandPeriod, bandDeviations, strengthPeriod, trendPeriod, rangePeriod } = parameters;
  const layout = new Layout();
  const [bands, strength] = [bollinger(bandPeriod, bandDeviations), rsi(strengthPeriod)];
  const [trend, range] = [sma(trendPeriod), atr(rangePeriod)];
  const BANDS = layout.place(bands);
  return {
    ...{ layout, bands, strength, trend, range, BANDS, STRENGTH: layout.place(strength) },
    ...{ TREND: layout.place(trend), RANGE: layout.place(range) },
    UPPER: BANDS + bands.offsets.upper,
    warmUp: Math.max(
      bandPeriod + 1,
      trendPeriod,
      forgottenByWilder(strengthPeriod),
      forgottenByWilder(rangePeriod),
    ),
    seen: {
      ...{ averageTrueRange: layout.unknown(), mean: layout.unknown(), average: layout.unknown() },
      ...{ relativeStrength: layout.unknown(), rallyStrength: layout.unknown() },
    },
    score: layout.unknown(),
    parts: { rally: layout.unknown(), exhaustion: layout.unknown(), trend: layout.unknown() },
    ...{ LAST_CLOSE: layout.unknown(), IDEA: layout.number(), AGE: layout.number() },
    BARS: layout.number(),
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  { strengthHigh, barsMax }: MeanReversionShortParameters,
): Model['step'] {
  const { bands, strength, trend, range, warmUp, score, parts, seen } = place;
  const { BANDS, STRENGTH, TREND, RANGE, UPPER, LAST_CLOSE, IDEA, AGE, BARS } = place;
  return (state, at, { high, low, close }, row) => {
    const price = close[row] ?? NaN;
    const wasAbove = (state[at + LAST_CLOSE] ?? NaN) > (state[at + UPPER] ?? NaN);
    const had = state[at + seen.relativeStrength] ?? NaN;
    state[at + LAST_CLOSE] = price;
    const mean = bands.step(state, at + BANDS, price);
    const upper = state[at + UPPER] ?? NaN;
    const has = strength.step(state, at + STRENGTH, price);
    const average = trend.step(state, at + TREND, price);
    const ranged = range.step(state, at + RANGE, high[row] ?? NaN, low[row] ?? NaN, price);
    state[at + seen.averageTrueRange] = ranged;
    state[at + seen.mean] = mean;
    state[at + seen.average] = average;
    state[at + seen.relativeStrength] = has;
    state[at + seen.rallyStrength] = had;
    const rally = points(share(price, mean, upper), 40);
    const exhaustion = points(share(has, 50, strengthHigh + STRENGTH_ABOVE), 30);
    const bear = points(share((average - price) / ranged, 0, FULL_TREND), 30);
    state[at + parts.rally] = rally;
    state[at + parts.exhaustion] = exhaustion;
    state[at + parts.trend] = bear;
    state[at + score] = rally + exhaustion + bear;
    if (!countBar(state, at + BARS, warmUp)) return 0;
    const age = ageOf(state, at + AGE, at + IDEA);
    const comesBack = wasAbove && price <= upper && price > mean && had >= strengthHigh;
    const fails = comesBack && price < average && ranged > 0;
    return sayOf(state, at + IDEA, fails ? -1 : 0, price <= mean || age >= barsMax);
  };
}
