import { donchian, squeeze } from '@ballast/indicators';
import { sayOf } from '../idea.ts';
import { rangedOpinion } from '../levels.ts';
import { KNOWN, type Model, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { pullbackEnds } from '../pullback.ts';
import { stepTrend, trendPlaces } from '../trend.ts';
import { countBar, forgottenByWilder } from '../warm-up.ts';
import { type BtcTrendShortParameters, btcTrendShortParameters } from './parameters.ts';

const DEVIATIONS = 2;
const CHANNEL_RANGES = 1.5;
/** Bars after a squeeze within which a breakdown is its breakdown. */
const RELEASE_BARS = 3;
/** Ranges between the averages that give all points. */
const FULL_TREND = 3;
/** Ranges to the fast average that leave no points for a pullback. */
const FAR = 3;
/** Funding above the least that gives all points. */
const FULL_FUNDING = 0.0002;
const [PULLBACK, BREAKDOWN] = [1, 2];

/**
 * Sells bitcoin short in a bear market: where a pullback to the EMA-50 ends, and where a squeeze of
 * volatility breaks down. Not where holding it would cost too much funding, nor where that is not
 * known. Leaves a range above the EMA-50.
 */
export const btcTrendShort = strategyOf({
  name: 'btc-trend-short',
  timeframe: '1h',
  market: 'btc',
  directions: ['short'],
  needs: ['fundingRate'],
  parameters: btcTrendShortParameters,
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

function placesOf(parameters: BtcTrendShortParameters) {
  const { squeezePeriod } = parameters;
  const trend = trendPlaces(parameters);
  const { layout } = trend;
  const channel = donchian(squeezePeriod);
  const narrow = squeeze({
    ...{ period: squeezePeriod, deviations: DEVIATIONS, ranges: CHANNEL_RANGES },
  });
  const CHANNEL = layout.place(channel);
  return {
    ...{ trend, channel, narrow, CHANNEL, NARROW: layout.place(narrow) },
    LOWER: CHANNEL + channel.offsets.lower,
    warmUp: Math.max(trend.warmUp, forgottenByWilder(squeezePeriod)),
    seen: {
      ...{ ...trend.seen, channelLow: layout.unknown(), squeezeBars: layout.number() },
      ...{ fundingRate: layout.unknown(), kind: layout.unknown() },
    },
    score: layout.unknown(),
    parts: { trend: layout.unknown(), setup: layout.unknown(), funding: layout.unknown() },
    ...{ AWAY: layout.number(), RELEASED: layout.number(), IDEA: layout.number() },
    BARS: layout.number(),
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  { awayRanges, exitRanges, squeezeBars, fundingRateMin }: BtcTrendShortParameters,
): Model['step'] {
  const { trend, channel, narrow, warmUp, score, parts, seen } = place;
  const { CHANNEL, NARROW, LOWER, AWAY, RELEASED, IDEA, BARS } = place;
  return (state, at, bars, row, known) => {
    const top = bars.high[row] ?? NaN;
    const bottom = bars.low[row] ?? NaN;
    const price = bars.close[row] ?? NaN;
    const floor = state[at + LOWER] ?? NaN;
    stepTrend(trend, state, at, bars, row);
    channel.step(state, at + CHANNEL, top, bottom);
    const squeezed = narrow.step(state, at + NARROW, top, bottom, price) === 1;
    const fast = state[at + seen.emaFast] ?? NaN;
    const slow = state[at + seen.emaSlow] ?? NaN;
    const ranged = state[at + seen.averageTrueRange] ?? NaN;
    const rate = known[KNOWN.fundingRate] ?? NaN;
    state[at + seen.channelLow] = floor;
    state[at + seen.fundingRate] = rate;
    const held = heldFor(state, at + seen.squeezeBars, at + RELEASED, squeezed);
    const away = fast - price >= awayRanges * ranged;
    const pulled = pullbackEnds(state, at + AWAY, top >= fast, price < fast, away);
    const bear = points(share((slow - fast) / ranged, 0, FULL_TREND), 40);
    const near = points(share(Math.abs(fast - price) / ranged, FAR, 0), 40);
    const setup = price < slow ? (held >= squeezeBars ? 40 : near) : 0;
    const paid = rate >= fundingRateMin;
    const funding = paid
      ? points(share(rate, fundingRateMin, fundingRateMin + FULL_FUNDING), 20)
      : 0;
    state[at + parts.trend] = bear;
    state[at + parts.setup] = setup;
    state[at + parts.funding] = funding;
    state[at + score] = bear + setup + funding;
    if (!countBar(state, at + BARS, warmUp) || !(ranged > 0)) return 0;
    const pullback = pulled && fast < slow;
    const breakdown = held >= squeezeBars && price < floor && price < slow;
    const wanted = paid && (pullback || breakdown) ? -1 : 0;
    if (wanted !== 0) state[at + seen.kind] = pullback ? PULLBACK : BREAKDOWN;
    return sayOf(state, at + IDEA, wanted, price > fast + exitRanges * ranged);
  };
}

/** Bars that the squeeze of now, or that of up to RELEASE_BARS before, has held. Once a bar. */
function heldFor(state: Float64Array, place: number, released: number, squeezed: boolean): number {
  const before = state[released] ?? 0;
  const held = state[place] ?? 0;
  if (squeezed) {
    state[released] = 0;
    state[place] = before > 0 ? 1 : held + 1;
  } else {
    state[released] = before + 1;
    if (before + 1 > RELEASE_BARS) state[place] = 0;
  }
  return state[place] ?? 0;
}
