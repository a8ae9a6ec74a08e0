import { atr, slope, stochastic } from '@ballast/indicators';
import { sayOf } from '../idea.ts';
import { Layout } from '../layout.ts';
import { rangedOpinion } from '../levels.ts';
import { type Model, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { countBar, forgottenByWilder } from '../warm-up.ts';
import { type BtcSwingParameters, btcSwingParameters } from './parameters.ts';

/** Slope in ranges a bar that gives all points. */
const FULL_SLOPE = 0.1;

/**
 * Trades the swings of bitcoin with its trend: buys where the stochastic turns up from its low end
 * while the slope is up, and the mirror image short. Leaves where it turns back at the other end,
 * or when the slope has changed sides.
 */
export const btcSwing = strategyOf({
  name: 'btc-swing',
  timeframe: '4h',
  market: 'btc',
  directions: ['long', 'short'],
  needs: [],
  parameters: btcSwingParameters,
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

function placesOf({ rangeBars, smoothing, trendPeriod, rangePeriod }: BtcSwingParameters) {
  const layout = new Layout();
  const turn = stochastic({ range: rangeBars, smoothing, signal: smoothing });
  const [trend, range] = [slope(trendPeriod), atr(rangePeriod)];
  const TURN = layout.place(turn);
  return {
    ...{ layout, turn, trend, range, TURN },
    ...{ TREND: layout.place(trend), RANGE: layout.place(range) },
    warmUp: Math.max(turn.warmUp + 1, trendPeriod, forgottenByWilder(rangePeriod)),
    seen: {
      ...{ averageTrueRange: layout.unknown(), slopeRanges: layout.unknown() },
      ...{ k: layout.unknown(), d: TURN + turn.offsets.d },
    },
    score: layout.unknown(),
    parts: { trend: layout.unknown(), swing: layout.unknown() },
    ...{ IDEA: layout.number(), BARS: layout.number() },
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  { extreme, slopeMin, shortAllowed }: BtcSwingParameters,
): Model['step'] {
  const { turn, trend, range, warmUp, score, parts, seen } = place;
  const { TURN, TREND, RANGE, IDEA, BARS } = place;
  return (state, at, { high, low, close }, row) => {
    const top = high[row] ?? NaN;
    const bottom = low[row] ?? NaN;
    const price = close[row] ?? NaN;
    const before = (state[at + seen.k] ?? NaN) - (state[at + seen.d] ?? NaN);
    const k = turn.step(state, at + TURN, top, bottom, price);
    const d = state[at + seen.d] ?? NaN;
    const ranged = range.step(state, at + RANGE, top, bottom, price);
    const slopes = trend.step(state, at + TREND, price) / ranged;
    state[at + seen.k] = k;
    state[at + seen.averageTrueRange] = ranged;
    state[at + seen.slopeRanges] = slopes;
    const forTrend = points(share(Math.abs(slopes), 0, FULL_SLOPE), 50);
    const swing = points(share(slopes > 0 ? k : 100 - k, 100 - extreme, extreme), 50);
    state[at + parts.trend] = forTrend;
    state[at + parts.swing] = swing;
    state[at + score] = forTrend + swing;
    if (!countBar(state, at + BARS, warmUp) || !(ranged > 0)) return 0;
    const up = before <= 0 && k > d;
    const down = before >= 0 && k < d;
    const rises = up && d <= extreme && slopes >= slopeMin;
    const falls = shortAllowed && down && d >= 100 - extreme && slopes <= -slopeMin;
    const held = state[at + IDEA] ?? 0;
    const ends = held > 0 ? down && d >= 100 - extreme : up && d <= extreme;
    return sayOf(state, at + IDEA, rises ? 1 : falls ? -1 : 0, ends || held * slopes < 0);
  };
}
