import { adx, ema, type HighLowClose, type Indicator, slope } from '@ballast/indicators';
import { readRegimeParameters, type RegimeParameters } from './parameters.ts';

/** Of the rule below: what it says of the same bars changes only with this number. */
export const REGIME_VERSION = 1;

export type RegimeModel = Indicator<
  HighLowClose,
  'fastAverage' | 'slowAverage' | 'rise' | 'strength'
>;

/** The periods of an average after which 0.1 % is left of its beginning. */
const PERIODS_TO_FORGET = 4;

/**
 * What kind of market bitcoin is in, one closed bar after the other: -2 strong bear, -1 bear, 0
 * neutral, 1 bull, 2 strong bull, as in KNOWN.regime.
 *
 * Bull: close and fast average above the slow one; bear: both below; else neutral. Strong: the fast
 * average moves that way, the close is beyond it and the directional index says trend. A side
 * begins at a distance of `band` beyond the slow average and ends at the same distance behind it, a
 * strong one gets strong at one index and ends at a lower one; and no change is made before
 * `confirmBars` bars in a row spoke for one and the same.
 *
 * Beside the regime lie the averages, the rise of the fast one (part of itself, a bar) and the
 * index. Inputs that are no numbers make it NaN until `start`.
 * @throws InvalidInput PARAMETERS_INVALID
 */
export function regimeModel(given: unknown = {}): RegimeModel {
  const parameters = readRegimeParameters(given);
  const { fastPeriod, slowPeriod, slopePeriod, strengthPeriod, confirmBars } = parameters;
  const [fast, slow] = [ema(fastPeriod), ema(slowPeriod)];
  const [line, index] = [slope(slopePeriod), adx(strengthPeriod)];
  const SLOW = fast.size;
  const LINE = SLOW + slow.size;
  const INDEX = LINE + line.size;
  const SEEN = INDEX + index.size;
  const [REGIME, OTHER, OTHER_BARS] = [SEEN + 1, SEEN + 2, SEEN + 3];
  const fastAverage = SEEN + 4;
  const [slowAverage, rise, strength] = [fastAverage + 1, fastAverage + 2, fastAverage + 3];
  const size = strength + 1;
  const forget = PERIODS_TO_FORGET * Math.max(slowPeriod, strengthPeriod);
  const warmUp = Math.max(forget, fastPeriod + slopePeriod);

  /** The regime after a bar that speaks for `wanted`. */
  function confirmed(state: Float64Array, at: number, wanted: number): number {
    const current = state[at + REGIME] ?? NaN;
    if (wanted === current) {
      state[at + OTHER] = NaN;
      return current;
    }
    const bars = wanted === state[at + OTHER] ? (state[at + OTHER_BARS] ?? 0) + 1 : 1;
    state[at + OTHER] = wanted;
    state[at + OTHER_BARS] = bars;
    return Number.isNaN(current) || bars >= confirmBars ? wanted : current;
  }

  return {
    warmUp,
    size,
    offsets: { fastAverage, slowAverage, rise, strength },
    start(state, at) {
      fast.start(state, at);
      slow.start(state, at + SLOW);
      line.start(state, at + LINE);
      index.start(state, at + INDEX);
      state.fill(NaN, at + SEEN, at + size);
      state[at + SEEN] = 0;
    },
    step(state, at, high, low, close) {
      const quick = fast.step(state, at, close);
      const calm = slow.step(state, at + SLOW, close);
      const moves = line.step(state, at + LINE, quick) / quick;
      const trend = index.step(state, at + INDEX, high, low, close);
      state[at + fastAverage] = quick;
      state[at + slowAverage] = calm;
      state[at + rise] = moves;
      state[at + strength] = trend;
      const seen = (state[at + SEEN] ?? 0) + 1;
      state[at + SEEN] = seen;
      if (seen < warmUp) return NaN;
      if (!Number.isFinite(quick + calm + moves + trend)) return NaN;
      const current = state[at + REGIME] ?? NaN;
      const side = sideOf(current, close, quick, calm, parameters.band);
      const beyond = side * (close - quick) > 0;
      const strong = side * moves > 0 && isStrong(current === 2 * side, beyond, trend, parameters);
      const wanted = strong ? 2 * side : side;
      const regime = confirmed(state, at, wanted);
      state[at + REGIME] = regime;
      return regime;
    },
  };
}

/** 1 above, -1 below, 0 between: a side that is the current one ends later than it begins. */
function sideOf(
  current: number,
  close: number,
  fastAverage: number,
  slowAverage: number,
  band: number,
): number {
  const above = slowAverage * (current > 0 ? 1 - band : 1 + band);
  if (close > above && fastAverage > slowAverage) return 1;
  const below = slowAverage * (current < 0 ? 1 + band : 1 - band);
  return close < below && fastAverage < slowAverage ? -1 : 0;
}

/** A strong side that is the current one may rest: it stays down to a lower index. */
function isStrong(
  already: boolean,
  beyond: boolean,
  trend: number,
  { strongFrom, strongUntil }: RegimeParameters,
): boolean {
  return already ? trend >= strongUntil : beyond && trend >= strongFrom;
}
