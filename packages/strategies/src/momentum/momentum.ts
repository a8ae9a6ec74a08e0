import { atr, ema } from '@ballast/indicators';
import { sayOf } from '../idea.ts';
import { Layout } from '../layout.ts';
import { levelsAround, numbersAt } from '../levels.ts';
import { type Model, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { countBar, forgottenByEma } from '../warm-up.ts';
import { type MomentumParameters, momentumParameters } from './parameters.ts';

/** Ranges that the averages still have to move, and that leave no points. */
const FAR = 2;
/** Ranges of the close beyond the fast average that give all points. */
const FULL_LEAD = 2;

/**
 * Follows a cross of two exponential averages once they are `strengthMin` ranges apart, one opinion
 * for each cross; leaves when they have crossed back. Entry at the close, stop and target by the
 * average true range.
 */
export const momentum = strategyOf({
  name: 'momentum',
  timeframe: '1m',
  market: 'any',
  directions: ['long', 'short'],
  needs: [],
  parameters: momentumParameters,
  model(parameters) {
    const { strengthMin, stopRanges, targetStops } = parameters;
    const place = placesOf(parameters);
    const { layout, warmUp, score, parts, seen } = place;
    return {
      ...{ warmUp, size: layout.size, start: layout.start, score, parts, seen },
      step: stepOf(place, parameters),
      opinion(state, at, direction, { close }, row) {
        const entry = close[row] ?? NaN;
        const stop = stopRanges * (state[at + seen.averageTrueRange] ?? NaN);
        const level = levelsAround(direction, entry, { stop, target: targetStops * stop });
        if (level === null) return null;
        const numbers = { close: entry, ...numbersAt(state, at, seen) };
        return { direction, level, inputs: { ...numbers, strengthMin, stopRanges, targetStops } };
      },
    };
  },
});

function placesOf({ fastPeriod, slowPeriod, rangePeriod }: MomentumParameters) {
  const layout = new Layout();
  const [fast, slow, range] = [ema(fastPeriod), ema(slowPeriod), atr(rangePeriod)];
  return {
    ...{ layout, fast, slow, range, warmUp: forgottenByEma(Math.max(slowPeriod, rangePeriod)) },
    ...{ FAST: layout.place(fast), SLOW: layout.place(slow), RANGE: layout.place(range) },
    seen: {
      ...{ emaFast: layout.unknown(), emaSlow: layout.unknown() },
      ...{ averageTrueRange: layout.unknown(), strength: layout.unknown() },
    },
    score: layout.unknown(),
    parts: { nearness: layout.unknown(), lead: layout.unknown() },
    /** The side of the last cross that proved strong, 0 while none has since the last cross. */
    TREND: layout.number(),
    HELD: layout.number(),
    BARS: layout.number(),
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  { strengthMin, shortAllowed }: MomentumParameters,
): Model['step'] {
  const { fast, slow, range, warmUp, score, parts, seen } = place;
  const { FAST, SLOW, RANGE, TREND, HELD, BARS } = place;
  return (state, at, { high, low, close }, row) => {
    const price = close[row] ?? NaN;
    const emaFast = fast.step(state, at + FAST, price);
    const emaSlow = slow.step(state, at + SLOW, price);
    const ranged = range.step(state, at + RANGE, high[row] ?? NaN, low[row] ?? NaN, price);
    const gap = emaFast - emaSlow;
    state[at + seen.emaFast] = emaFast;
    state[at + seen.emaSlow] = emaSlow;
    state[at + seen.averageTrueRange] = ranged;
    state[at + seen.strength] = gap / ranged;
    const before = state[at + TREND] ?? 0;
    const strong = Math.abs(gap) >= strengthMin * ranged && gap !== 0 && ranged > 0;
    const trend = strong ? Math.sign(gap) : before * gap > 0 ? before : 0;
    state[at + TREND] = trend;
    // A trend that was spoken for already speaks for the next entry alone, on the other side.
    const taken = trend === before ? trend : 0;
    const side = taken === 0 ? (gap < 0 ? -1 : 1) : -taken;
    const next = shortAllowed ? side : 1;
    const possible = shortAllowed || taken <= 0 ? 1 : 0;
    const moved = share((next * gap) / ranged, strengthMin - FAR, strengthMin);
    const nearness = possible * points(moved, 60);
    const lead = possible * points(share((next * (price - emaFast)) / ranged, 0, FULL_LEAD), 40);
    state[at + parts.nearness] = nearness;
    state[at + parts.lead] = lead;
    state[at + score] = nearness + lead;
    if (!countBar(state, at + BARS, warmUp) || Number.isNaN(gap)) return 0;
    const begins = trend !== before && (trend > 0 || shortAllowed) ? trend : 0;
    return sayOf(state, at + HELD, begins, trend !== state[at + HELD]);
  };
}
