import { donchian } from '@ballast/indicators';
import { sayOf } from '../idea.ts';
import { rangedOpinion } from '../levels.ts';
import { KNOWN, type Model, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { pullbackEnds } from '../pullback.ts';
import { stepTrend, trendPlaces } from '../trend.ts';
import { countBar } from '../warm-up.ts';
import { type BtcTrendHybridParameters, btcTrendHybridParameters } from './parameters.ts';

/** Ranges between the averages that give all points. */
const FULL_TREND = 2;
/** Ranges to the fast average that leave no points for a pullback. */
const FAR = 3;
const [PULLBACK, BREAKOUT] = [1, 2];

/**
 * Buys bitcoin by the regime: in a bull market where a pullback to the fast average ends, in a
 * neutral one on a breakout, in a bear market and where the regime is not known not at all. Leaves
 * below the slow average, or when the regime turns to bear.
 */
export const btcTrendHybrid = strategyOf({
  name: 'btc-trend-hybrid',
  timeframe: '1h',
  market: 'btc',
  directions: ['long'],
  needs: ['regime'],
  parameters: btcTrendHybridParameters,
  model(parameters) {
    const place = placesOf(parameters);
    const { trend, warmUp, score, parts, seen } = place;
    return {
      ...{ warmUp, size: trend.layout.size, start: trend.layout.start, score, parts, seen },
      step: stepOf(place, parameters),
      opinion: rangedOpinion(seen, parameters),
    };
  },
});

function placesOf(parameters: BtcTrendHybridParameters) {
  const trend = trendPlaces(parameters);
  const { layout } = trend;
  const channel = donchian(parameters.breakoutPeriod);
  const CHANNEL = layout.place(channel);
  return {
    ...{ trend, channel, CHANNEL },
    ...{ UPPER: CHANNEL + channel.offsets.upper, LOWER: CHANNEL + channel.offsets.lower },
    warmUp: Math.max(trend.warmUp, parameters.breakoutPeriod + 1),
    seen: {
      ...{ ...trend.seen, channelHigh: layout.unknown() },
      ...{ regime: layout.unknown(), kind: layout.unknown() },
    },
    score: layout.unknown(),
    parts: { regime: layout.unknown(), trend: layout.unknown(), setup: layout.unknown() },
    ...{ AWAY: layout.number(), IDEA: layout.number(), BARS: layout.number() },
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  { awayRanges }: BtcTrendHybridParameters,
): Model['step'] {
  const { trend, channel, warmUp, score, parts, seen } = place;
  const { CHANNEL, UPPER, LOWER, AWAY, IDEA, BARS } = place;
  return (state, at, bars, row, known) => {
    const bottom = bars.low[row] ?? NaN;
    const price = bars.close[row] ?? NaN;
    const ceiling = state[at + UPPER] ?? NaN;
    stepTrend(trend, state, at, bars, row);
    const middle = (ceiling + (state[at + LOWER] ?? NaN)) / 2;
    channel.step(state, at + CHANNEL, bars.high[row] ?? NaN, bottom);
    const fast = state[at + seen.emaFast] ?? NaN;
    const slow = state[at + seen.emaSlow] ?? NaN;
    const ranged = state[at + seen.averageTrueRange] ?? NaN;
    const regime = known[KNOWN.regime] ?? NaN;
    state[at + seen.channelHigh] = ceiling;
    state[at + seen.regime] = regime;
    const away = price - fast >= awayRanges * ranged;
    const pulled = pullbackEnds(state, at + AWAY, bottom <= fast, price > fast, away);
    const forRegime = regime >= 0 ? points(share(regime, -1, 2), 30) : 0;
    const forTrend = points(share((fast - slow) / ranged, 0, FULL_TREND), 40);
    const near = points(share(Math.abs(price - fast) / ranged, FAR, 0), 30);
    const ready = regime === 0 ? points(share(price, middle, ceiling), 30) : near;
    const setup = regime >= 0 && price > slow ? ready : 0;
    state[at + parts.regime] = forRegime;
    state[at + parts.trend] = forTrend;
    state[at + parts.setup] = setup;
    state[at + score] = forRegime + forTrend + setup;
    if (!countBar(state, at + BARS, warmUp) || !(ranged > 0)) return 0;
    const pullback = regime > 0 && pulled && fast > slow;
    const breakout = regime === 0 && price > ceiling;
    const wanted = (pullback || breakout) && price > slow ? 1 : 0;
    if (wanted !== 0) state[at + seen.kind] = pullback ? PULLBACK : BREAKOUT;
    return sayOf(state, at + IDEA, wanted, price < slow || regime < 0);
  };
}
