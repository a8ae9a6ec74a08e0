import { atr, macd, roc } from '@ballast/indicators';
import { sayOf } from '../idea.ts';
import { Layout } from '../layout.ts';
import { rangedOpinion } from '../levels.ts';
import { type Model, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { countBar, forgottenByEma, forgottenByWilder } from '../warm-up.ts';
import { type MomentumShortParameters, momentumShortParameters } from './parameters.ts';

/** Fall in ranges times the root of its bars, line and histogram in ranges: all points. */
const FULL_FALL = 2;
const FULL_LINE = 2;
const FULL_TURN = 0.5;

/**
 * Sells short what has fallen far for its range when the fall gathers speed again: the MACD's line
 * crosses below its signal while it is below zero. Leaves when the line is above zero.
 */
export const momentumShort = strategyOf({
  name: 'momentum-short',
  timeframe: '1h',
  market: 'crypto-linear',
  directions: ['short'],
  needs: [],
  parameters: momentumShortParameters,
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

function placesOf(parameters: MomentumShortParameters) {
  const { fastPeriod, slowPeriod, signalPeriod, fallPeriod, rangePeriod } = parameters;
  const layout = new Layout();
  const gap = macd({ fast: fastPeriod, slow: slowPeriod, signal: signalPeriod });
  const [rate, range] = [roc(fallPeriod), atr(rangePeriod)];
  const GAP = layout.place(gap);
  return {
    ...{ layout, gap, rate, range, GAP, RATE: layout.place(rate), RANGE: layout.place(range) },
    warmUp: Math.max(
      forgottenByEma(slowPeriod) + forgottenByEma(signalPeriod),
      fallPeriod + 1,
      forgottenByWilder(rangePeriod),
    ),
    seen: {
      ...{ averageTrueRange: layout.unknown(), fall: layout.unknown(), line: layout.unknown() },
      histogram: GAP + gap.offsets.histogram,
    },
    score: layout.unknown(),
    parts: { fall: layout.unknown(), line: layout.unknown(), turn: layout.unknown() },
    IDEA: layout.number(),
    BARS: layout.number(),
  };
}

function stepOf(
  place: ReturnType<typeof placesOf>,
  { fallPeriod, fallMin }: MomentumShortParameters,
): Model['step'] {
  const { gap, rate, range, warmUp, score, parts, seen } = place;
  const { GAP, RATE, RANGE, IDEA, BARS } = place;
  const root = Math.sqrt(fallPeriod);
  return (state, at, { high, low, close }, row) => {
    const price = close[row] ?? NaN;
    const before = state[at + seen.histogram] ?? NaN;
    const line = gap.step(state, at + GAP, price);
    const now = state[at + seen.histogram] ?? NaN;
    const rose = rate.step(state, at + RATE, price);
    const ranged = range.step(state, at + RANGE, high[row] ?? NaN, low[row] ?? NaN, price);
    const fall = (price / (1 + rose / 100) - price) / (ranged * root);
    state[at + seen.averageTrueRange] = ranged;
    state[at + seen.fall] = fall;
    state[at + seen.line] = line;
    const forFall = points(share(fall, 0, FULL_FALL), 40);
    const forLine = points(share(-line / ranged, 0, FULL_LINE), 30);
    const forTurn = points(share(-now / ranged, 0, FULL_TURN), 30);
    state[at + parts.fall] = forFall;
    state[at + parts.line] = forLine;
    state[at + parts.turn] = forTurn;
    state[at + score] = forFall + forLine + forTurn;
    if (!countBar(state, at + BARS, warmUp)) return 0;
    const turns = before >= 0 && now < 0 && line < 0 && fall >= fallMin && ranged > 0;
    return sayOf(state, at + IDEA, turns ? -1 : 0, line > 0);
  };
}
