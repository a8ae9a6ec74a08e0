import { adx, atr, donchian, ema } from '@ballast/indicators';
import { sayOf } from '../idea.ts';
import { Layout } from '../layout.ts';
import { rangedOpinion } from '../levels.ts';
import { type Model, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { countBar, forgottenByAdx, forgottenByEma, forgottenByWilder } from '../warm-up.ts';
import { type TrendBreakdownParameters, trendBreakdownParameters } from './parameters.ts';

/** Ranges below the average that give all points. */
const FULL_DEPTH = 3;
/** Directional index without a trend, and of a strong one (Wilder). */
const [NO_TREND, FULL_TREND] = [15, 40];

/**
 * Sells short what closes below the low of its channel while a fall has direction; leaves above the
 * high of the shorter channel.
 */
export const trendBreakdown = strategyOf({
  name: 'trend-breakdown',
  timeframe: '1h',
  market: 'crypto-linear',
  directions: ['short'],
  needs: [],
  parameters: trendBreakdownParameters,
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

function placesOf(parameters: TrendBreakdownParameters) {
  const { breakdownPeriod, exitPeriod, trendPeriod, adxPeriod, rangePeriod } = parameters;
  const layout = new Layout();
  const [channel, exit, trend] = [
    donchian(breakdownPeriod),
    donchian(exitPeriod),
    ema(trendPeriod),
  ];
  const [index, range] = [adx(adxPeriod), atr(rangePeriod)];
  const [CHANNEL, EXIT, INDEX] = [layout.place(channel), layout.place(exit), layout.place(index)];
  return {
    ...{ layout, channel, exit, trend, index, range, CHANNEL, EXIT, INDEX },
    ...{ TREND: layout.place(trend), RANGE: layout.place(range) },
    UPPER: EXIT + exit.offsets.upper,
    ...{ TOP: CHANNEL + channel.offsets.upper, LOWER: CHANNEL + channel.offsets.lower },
    warmUp: Math.max(
      breakdownPeriod + 1,
      forgottenByEma(trendPeriod),
      forgottenByAdx(adxPeriod),
      forgottenByWilder(rangePeriod),
    ),
    seen: {
      ...{ averageTrueRange: layout.unknown(), channelLow: layout.unknown() },
      ...{ average: layout.unknown(), directionalIndex: layout.unknown() },
      ...{ plus: INDEX + index.offsets.plus, minus: INDEX + index.offsets.minus },
    },
    score: layout.unknown(),
    parts: { depth: layout.unknown(), direction: layout.unknown(), nearness: layout.unknown() },
    IDEA: layout.number(),
    BARS: layout.number(),
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  { adxMin }: TrendBreakdownParameters,
): Model['step'] {
  const { channel, exit, trend, index, range, warmUp, score, parts, seen } = place;
  const { CHANNEL, EXIT, TREND, INDEX, RANGE, UPPER, TOP, LOWER, IDEA, BARS } = place;
  return (state, at, { high, low, close }, row) => {
    const top = high[row] ?? NaN;
    const bottom = low[row] ?? NaN;
    const price = close[row] ?? NaN;
    const floor = state[at + LOWER] ?? NaN;
    const ceiling = state[at + UPPER] ?? NaN;
    const middle = ((state[at + TOP] ?? NaN) + floor) / 2;
    channel.step(state, at + CHANNEL, top, bottom);
    exit.step(state, at + EXIT, top, bottom);
    const average = trend.step(state, at + TREND, price);
    const strength = index.step(state, at + INDEX, top, bottom, price);
    const ranged = range.step(state, at + RANGE, top, bottom, price);
    state[at + seen.averageTrueRange] = ranged;
    state[at + seen.channelLow] = floor;
    state[at + seen.average] = average;
    state[at + seen.directionalIndex] = strength;
    const falls = (state[at + seen.minus] ?? NaN) > (state[at + seen.plus] ?? NaN);
    const depth = points(share((average - price) / ranged, 0, FULL_DEPTH), 35);
    const direction = falls ? points(share(strength, NO_TREND, FULL_TREND), 35) : 0;
    const nearness = points(share(price, middle, floor), 30);
    state[at + parts.depth] = depth;
    state[at + parts.direction] = direction;
    state[at + parts.nearness] = nearness;
    state[at + score] = depth + direction + nearness;
    if (!countBar(state, at + BARS, warmUp)) return 0;
    const breaks = price < floor && price < average && falls && strength >= adxMin && ranged > 0;
    return sayOf(state, at + IDEA, breaks ? -1 : 0, price > ceiling);
  };
}
