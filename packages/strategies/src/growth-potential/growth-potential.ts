import { atr, donchian, efficiencyRatio, roc, sma } from '@ballast/indicators';
import { sayOf } from '../idea.ts';
import { Layout } from '../layout.ts';
import { rangedOpinion } from '../levels.ts';
import { type Model, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { countBar, forgottenByWilder } from '../warm-up.ts';
import { type GrowthPotentialParameters, growthPotentialParameters } from './parameters.ts';

/** Way in the breakout's bars, in ranges times the root of their number: a strong one. */
const FULL_STRENGTH = 2;
/** Kaufman's ratio of a walk without a trend, and of a strong one. */
const [NO_QUALITY, FULL_QUALITY] = [0.1, 0.5];
/** The bar's volume, in averages. */
const [NO_EXPANSION, FULL_EXPANSION] = [1, 2];

/**
 * Buys a breakout of what has risen far for its range, in a straight line, on a volume that
 * expands; leaves below the low of the last weeks.
 */
export const growthPotential = strategyOf({
  name: 'growth-potential',
  timeframe: '1h',
  market: 'crypto-spot',
  directions: ['long'],
  needs: [],
  parameters: growthPotentialParameters,
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

function placesOf(parameters: GrowthPotentialParameters) {
  const { breakoutPeriod, exitPeriod, volumePeriod, rangePeriod } = parameters;
  const layout = new Layout();
  const [channel, exit] = [donchian(breakoutPeriod), donchian(exitPeriod)];
  const [rate, ratio] = [roc(breakoutPeriod), efficiencyRatio(breakoutPeriod)];
  const [usual, range] = [sma(volumePeriod), atr(rangePeriod)];
  const [CHANNEL, EXIT] = [layout.place(channel), layout.place(exit)];
  return {
    ...{ layout, channel, exit, rate, ratio, usual, range, CHANNEL, EXIT },
    ...{ RATE: layout.place(rate), RATIO: layout.place(ratio) },
    ...{ USUAL: layout.place(usual), RANGE: layout.place(range) },
    UPPER: CHANNEL + channel.offsets.upper,
    LOWER: EXIT + exit.offsets.lower,
    warmUp: Math.max(breakoutPeriod + 1, volumePeriod + 1, forgottenByWilder(rangePeriod)),
    seen: {
      ...{ averageTrueRange: layout.unknown(), channelHigh: layout.unknown() },
      ...{ strength: layout.unknown(), efficiency: layout.unknown() },
      ...{ volumeRatio: layout.unknown(), averageVolume: layout.unknown() },
    },
    score: layout.unknown(),
    parts: { strength: layout.unknown(), quality: layout.unknown(), volume: layout.unknown() },
    IDEA: layout.number(),
    BARS: layout.number(),
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  { breakoutPeriod, scoreMin }: GrowthPotentialParameters,
): Model['step'] {
  const { channel, exit, rate, ratio, usual, range, warmUp, score, parts, seen } = place;
  const { CHANNEL, EXIT, RATE, RATIO, USUAL, RANGE, UPPER, LOWER, IDEA, BARS } = place;
  const root = Math.sqrt(breakoutPeriod);
  return (state, at, { high, low, close, volume }, row) => {
    const top = high[row] ?? NaN;
    const bottom = low[row] ?? NaN;
    const price = close[row] ?? NaN;
    const traded = volume[row] ?? NaN;
    const ceiling = state[at + UPPER] ?? NaN;
    const floor = state[at + LOWER] ?? NaN;
    const usually = state[at + seen.averageVolume] ?? NaN;
    channel.step(state, at + CHANNEL, top, bottom);
    exit.step(state, at + EXIT, top, bottom);
    const ranged = range.step(state, at + RANGE, top, bottom, price);
    const rose = rate.step(state, at + RATE, price);
    const efficiency = ratio.step(state, at + RATIO, price);
    state[at + seen.averageVolume] = usual.step(state, at + USUAL, traded);
    const strength = (price - price / (1 + rose / 100)) / (ranged * root);
    const expansion = usually > 0 ? traded / usually : usually;
    state[at + seen.averageTrueRange] = ranged;
    state[at + seen.channelHigh] = ceiling;
    state[at + seen.strength] = strength;
    state[at + seen.efficiency] = efficiency;
    state[at + seen.volumeRatio] = expansion;
    const forStrength = points(share(strength, 0, FULL_STRENGTH), 40);
    const forQuality = rose > 0 ? points(share(efficiency, NO_QUALITY, FULL_QUALITY), 30) : 0;
    const forVolume = points(share(expansion, NO_EXPANSION, FULL_EXPANSION), 30);
    const total = forStrength + forQuality + forVolume;
    state[at + parts.strength] = forStrength;
    state[at + parts.quality] = forQuality;
    state[at + parts.volume] = forVolume;
    state[at + score] = total;
    if (!countBar(state, at + BARS, warmUp)) return 0;
    const breaksOut = price > ceiling && total >= scoreMin && ranged > 0;
    return sayOf(state, at + IDEA, breaksOut ? 1 : 0, price < floor);
  };
}
