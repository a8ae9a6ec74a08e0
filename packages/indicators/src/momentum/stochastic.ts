import { smaOf } from '../averages/sma.ts';
import {
  type Columns,
  type HighLowClose,
  type Indicator,
  requirePeriod,
  requireSameLength,
} from '../indicator.ts';
import { rollingMaxOf, rollingMinOf } from '../window/rolling-extremes.ts';
import { carrySum, INPUT, startSum, SUM, sumSize } from '../window/rolling-sum.ts';
import { HIGHEST, LOWEST, spanSize, startSpan, stepSpan } from '../window/span.ts';

const SEEN = 0;
const K = 1;
const D = 2;
const SPAN = 3;

export type StochasticPeriods = {
  /** Bars between whose highest high and lowest low the close is placed. */
  readonly range: number;
  /** Bars of the plain average that makes k; 1 is the fast stochastic. */
  readonly smoothing: number;
  /** Bars of the plain average of k that makes d. */
  readonly signal: number;
};

/**
 * Stochastic oscillator (Lane; TA-Lib STOCH), 0 to 100: where the close lies between the lowest low
 * and the highest high, averaged. Returns k; `d` is k's own average. Warm-up:
 * range + smoothing + signal - 2, of both alike. A range of nothing is 50, the middle; TA-Lib and
 * technicalindicators say 0.
 */
export function stochastic(periods: StochasticPeriods): Indicator<HighLowClose, 'd'> {
  requirePeriods(periods);
  const { range, smoothing, signal } = periods;
  const smooth = SPAN + spanSize(range);
  const average = smooth + sumSize(smoothing);
  const warmUp = range + smoothing + signal - 2;
  return {
    warmUp,
    size: average + sumSize(signal),
    offsets: { d: D },
    start(state, at) {
      state[at + SEEN] = 0;
      state.fill(NaN, at + K, at + SPAN);
      startSpan(state, at + SPAN, range);
      startSum(state, at + smooth, smoothing);
      startSum(state, at + average, signal);
    },
    step(state, at, high, low, close) {
      stepSpan(state, at + SPAN, range, high, low);
      const seen = state[at + SEEN] ?? 0;
      if (seen < warmUp) state[at + SEEN] = seen + 1;
      if (seen >= range - 1) {
        const top = state[at + SPAN + HIGHEST] ?? 0;
        const bottom = state[at + SPAN + LOWEST] ?? 0;
        state[at + smooth + INPUT] = place(top, bottom, close);
        carrySum(state, at + smooth, smoothing);
      }
      if (seen >= range + smoothing - 2) {
        state[at + average + INPUT] = (state[at + smooth + SUM] ?? 0) / smoothing;
        carrySum(state, at + average, signal);
      }
      if (seen >= warmUp - 1) {
        state[at + K] = state[at + average + INPUT] ?? 0;
        state[at + D] = (state[at + average + SUM] ?? 0) / signal;
      }
      return state[at + K] ?? 0;
    },
  };
}

function place(top: number, bottom: number, close: number): number {
  return top === bottom ? 50 : (100 * (close - bottom)) / (top - bottom);
}

export type StochasticColumns = { readonly k: Float64Array; readonly d: Float64Array };

export function stochasticOf(
  columns: Columns,
  out: StochasticColumns,
  periods: StochasticPeriods,
): void {
  requirePeriods(periods);
  const { high, low, close } = columns;
  const { k, d } = out;
  requireSameLength(close, high, low, k, d);
  const { range, smoothing, signal } = periods;
  rollingMaxOf(high, k, range);
  rollingMinOf(low, d, range);
  const places = new Float64Array(Math.max(0, close.length - range + 1));
  for (let i = range - 1; i < close.length; i++) {
    places[i - range + 1] = place(k[i] ?? NaN, d[i] ?? NaN, close[i] ?? NaN);
  }
  smaOf(places, k.subarray(range - 1), smoothing);
  const first = range + smoothing - 2;
  smaOf(k.subarray(first), d.subarray(first), signal);
  const warmUp = Math.min(first + signal - 1, k.length);
  k.fill(NaN, 0, warmUp);
  d.fill(NaN, 0, warmUp);
}

function requirePeriods({ range, smoothing, signal }: StochasticPeriods): void {
  requirePeriod('range', range, 1);
  requirePeriod('smoothing', smoothing, 1);
  requirePeriod('signal', signal, 1);
}
