import { rsi, zScore } from '@ballast/indicators';
import { Layout } from '../layout.ts';
import { levelsAround, numbersAt } from '../levels.ts';
import { type Model, SAYS, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { countBar } from '../warm-up.ts';
import { type MeanReversionParameters, meanReversionParameters } from './parameters.ts';

/**
 * Expects a price that is stretched away from its mean, confirmed by the relative strength, to come
 * back: entry at the close, target at the mean, one opinion for each stretch; leaves at the mean,
 * wherever that has moved to.
 */
export const meanReversion = strategyOf({
  name: 'mean-reversion',
  timeframe: '1m',
  market: 'any',
  directions: ['long', 'short'],
  needs: [],
  parameters: meanReversionParameters,
  model(parameters) {
    const { zScoreMin, strengthLow, stopDeviations } = parameters;
    const place = placesOf(parameters);
    const { layout, warmUp, score, parts, seen } = place;
    return {
      ...{ warmUp, size: layout.size, start: layout.start, score, parts, seen },
      step: stepOf(place, parameters),
      opinion(state, at, direction, { close }, row) {
        const entry = close[row] ?? NaN;
        const stop = stopDeviations * (state[at + seen.standardDeviation] ?? NaN);
        const target = Math.abs(entry - (state[at + seen.mean] ?? NaN));
        const level = levelsAround(direction, entry, { stop, target });
        if (level === null) return null;
        const numbers = { close: entry, ...numbersAt(state, at, seen) };
        return { direction, level, inputs: { ...numbers, zScoreMin, strengthLow, stopDeviations } };
      },
    };
  },
});

function placesOf({ meanPeriod, strengthPeriod }: MeanReversionParameters) {
  const layout = new Layout();
  const [distance, strength] = [zScore(meanPeriod), rsi(strengthPeriod)];
  const DISTANCE = layout.place(distance);
  return {
    ...{ layout, distance, strength, DISTANCE, STRENGTH: layout.place(strength) },
    // Wilder's smoothing keeps 1 - 1/14 of its start at each bar: 2 % is left after four periods.
    warmUp: Math.max(meanPeriod, 4 * strengthPeriod),
    seen: {
      mean: DISTANCE + distance.offsets.mean,
      standardDeviation: DISTANCE + distance.offsets.deviation,
      zScore: layout.unknown(),
      relativeStrength: layout.unknown(),
    },
    score: layout.unknown(),
    parts: { stretch: layout.unknown(), exhaustion: layout.unknown() },
    /** The side on which an opinion was given and the price has not come back from yet. */
    STRETCH: layout.number(),
    HELD: layout.number(),
    BARS: layout.number(),
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  parameters: MeanReversionParameters,
): Model['step'] {
  const { distance, strength, warmUp, score, parts, seen } = place;
  const { DISTANCE, STRENGTH, STRETCH, HELD, BARS } = place;
  const { zScoreMin, zScoreReset, strengthLow, shortAllowed } = parameters;
  return (state, at, { close }, row) => {
    const price = close[row] ?? NaN;
    const z = distance.step(state, at + DISTANCE, price);
    const relative = strength.step(state, at + STRENGTH, price);
    state[at + seen.zScore] = z;
    state[at + seen.relativeStrength] = relative;
    const stretched = points(share(Math.abs(z), 0, zScoreMin), 50);
    const exhaustion = points(share(Math.sign(z) * (relative - 50), 0, 50 - strengthLow), 50);
    state[at + parts.stretch] = stretched;
    state[at + parts.exhaustion] = exhaustion;
    state[at + score] = stretched + exhaustion;
    const before = state[at + STRETCH] ?? 0;
    let stretch = before * z >= zScoreReset ? before : 0;
    if (z <= -zScoreMin && relative <= strengthLow) stretch = -1;
    else if (z >= zScoreMin && relative >= 100 - strengthLow) stretch = 1;
    state[at + STRETCH] = stretch;
    if (!countBar(state, at + BARS, warmUp)) return 0;
    const begins = stretch !== before && (stretch < 0 || shortAllowed) ? -stretch : 0;
    return sayOf(state, at + HELD, begins, z);
  };
}

/** A stretch that begins is said even while an earlier one's way to the mean is not done. */
function sayOf(state: Float64Array, place: number, begins: number, z: number): number {
  const held = state[place] ?? 0;
  const over = held !== 0 && (held * z >= 0 || begins === -held);
  state[place] = begins === 0 ? (over ? 0 : held) : begins;
  let says = over ? (held > 0 ? SAYS.leaveLong : SAYS.leaveShort) : 0;
  if (begins !== 0) says += begins > 0 ? SAYS.enterLong : SAYS.enterShort;
  return says;
}
