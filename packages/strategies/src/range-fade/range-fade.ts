import { adx, atr, bollinger } from '@ballast/indicators';
import { sayOf } from '../idea.ts';
import { Layout } from '../layout.ts';
import { towardsMean } from '../levels.ts';
import { type Model, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { countBar, forgottenByAdx, forgottenByWilder } from '../warm-up.ts';
import { type RangeFadeParameters, rangeFadeParameters } from './parameters.ts';

/** Below what counts as a range, the directional index that gives all points. */
const STILLER = 10;

/**
 * In a market without a trend, buys where a close comes back above the lower band and sells short
 * where one comes back below the upper: target at the middle. Leaves at the middle, wherever that
 * has moved to, or when a trend has begun.
 */
export const rangeFade = strategyOf({
  name: 'range-fade',
  timeframe: '15m',
  market: 'crypto-linear',
  directions: ['long', 'short'],
  needs: [],
  parameters: rangeFadeParameters,
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

function placesOf(parameters: RangeFadeParameters) {
  const { bandPeriod, bandDeviations, adxPeriod, rangePeriod } = parameters;
  const layout = new Layout();
  const bands = bollinger(bandPeriod, bandDeviations);
  const [index, range] = [adx(adxPeriod), atr(rangePeriod)];
  const BANDS = layout.place(bands);
  return {
    ...{ layout, bands, index, range, BANDS },
    ...{ INDEX: layout.place(index), RANGE: layout.place(range) },
    ...{ UPPER: BANDS + bands.offsets.upper, LOWER: BANDS + bands.offsets.lower },
    warmUp: Math.max(bandPeriod + 1, forgottenByAdx(adxPeriod), forgottenByWilder(rangePeriod)),
    seen: {
      ...{ averageTrueRange: layout.unknown(), mean: layout.unknown() },
      ...{ directionalIndex: layout.unknown(), bandsFromMean: layout.unknown() },
    },
    score: layout.unknown(),
    parts: { stillness: layout.unknown(), edge: layout.unknown() },
    ...{ LAST_CLOSE: layout.unknown(), IDEA: layout.number(), BARS: layout.number() },
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  { adxMax, adxLeave, shortAllowed }: RangeFadeParameters,
): Model['step'] {
  const { bands, index, range, warmUp, score, parts, seen } = place;
  const { BANDS, INDEX, RANGE, UPPER, LOWER, LAST_CLOSE, IDEA, BARS } = place;
  return (state, at, { high, low, close }, row) => {
    const top = high[row] ?? NaN;
    const bottom = low[row] ?? NaN;
    const price = close[row] ?? NaN;
    const last = state[at + LAST_CLOSE] ?? NaN;
    const wasAbove = last > (state[at + UPPER] ?? NaN);
    const wasBelow = last < (state[at + LOWER] ?? NaN);
    state[at + LAST_CLOSE] = price;
    const mean = bands.step(state, at + BANDS, price);
    const upper = state[at + UPPER] ?? NaN;
    const lower = state[at + LOWER] ?? NaN;
    const strength = index.step(state, at + INDEX, top, bottom, price);
    const ranged = range.step(state, at + RANGE, top, bottom, price);
    const out = (price - mean) / (upper - mean);
    state[at + seen.averageTrueRange] = ranged;
    state[at + seen.mean] = mean;
    state[at + seen.directionalIndex] = strength;
    state[at + seen.bandsFromMean] = out;
    const stillness = points(share(strength, adxLeave, adxMax - STILLER), 50);
    const edge = points(share(Math.abs(out), 0, 1), 50);
    state[at + parts.stillness] = stillness;
    state[at + parts.edge] = edge;
    state[at + score] = stillness + edge;
    if (!countBar(state, at + BARS, warmUp)) return 0;
    const held = state[at + IDEA] ?? 0;
    const still = strength <= adxMax && ranged > 0;
    const rises = still && wasBelow && price >= lower && price < mean;
    const falls = still && shortAllowed && wasAbove && price <= upper && price > mean;
    const over = held * out >= 0 || strength > adxLeave;
    return sayOf(state, at + IDEA, rises ? 1 : falls ? -1 : 0, over);
  };
}
