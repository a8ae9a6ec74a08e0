import { EMA_SIZE, ema } from '../averages/ema.ts';
import { type Indicator, requirePeriod, requireSameLength, type Value } from '../indicator.ts';

const SEEN = 0;
const SIGNAL = 1;
const HISTOGRAM = 2;
const AVERAGES = 3;

export type MacdPeriods = { readonly fast: number; readonly slow: number; readonly signal: number };

/**
 * Moving average convergence/divergence (Appel, 1979): the fast exponential average less the slow
 * one; `signal` is that difference's own exponential average, `histogram` what it is above it. In
 * the inputs' unit; returns the difference. Warm-up: slow + signal - 1, of all three alike. As in
 * TA-Lib both averages have their first value at the same input, `slow`; technicalindicators begins
 * the fast one earlier, which is forgotten after some ten times `fast`.
 */
export function macd(periods: MacdPeriods): Indicator<Value, 'signal' | 'histogram'> {
  requirePeriods(periods);
  const fast = ema(periods.fast);
  const slow = ema(periods.slow);
  const signal = ema(periods.signal);
  const head = periods.slow - periods.fast;
  const warmUp = periods.slow + periods.signal - 1;
  return {
    warmUp,
    size: AVERAGES + 3 * EMA_SIZE,
    offsets: { signal: SIGNAL, histogram: HISTOGRAM },
    start(state, at) {
      state[at + SEEN] = 0;
      state.fill(NaN, at + SIGNAL, at + AVERAGES);
      fast.start(state, at + AVERAGES);
      slow.start(state, at + AVERAGES + EMA_SIZE);
      signal.start(state, at + AVERAGES + 2 * EMA_SIZE);
    },
    step(state, at, value) {
      const seen = Math.min((state[at + SEEN] ?? 0) + 1, warmUp);
      state[at + SEEN] = seen;
      const slowNow = slow.step(state, at + AVERAGES + EMA_SIZE, value);
      if (seen <= head) return NaN;
      const line = fast.step(state, at + AVERAGES, value) - slowNow;
      if (seen < periods.slow) return NaN;
      const average = signal.step(state, at + AVERAGES + 2 * EMA_SIZE, line);
      if (seen < warmUp) return NaN;
      state[at + SIGNAL] = average;
      state[at + HISTOGRAM] = line - average;
      return line;
    },
  };
}

export type MacdColumns = {
  readonly line: Float64Array;
  readonly signal: Float64Array;
  readonly histogram: Float64Array;
};

export function macdOf(values: Float64Array, out: MacdColumns, periods: MacdPeriods): void {
  requirePeriods(periods);
  const { line, signal, histogram } = out;
  requireSameLength(values, line, signal, histogram);
  const warmUp = periods.slow + periods.signal - 1;
  const fastWeight = 2 / (periods.fast + 1);
  const slowWeight = 2 / (periods.slow + 1);
  const signalWeight = 2 / (periods.signal + 1);
  for (const column of [line, signal, histogram]) column.fill(NaN, 0, warmUp - 1);
  if (values.length < warmUp) return;
  let fast = meanOf(values, periods.slow - periods.fast, periods.slow);
  let slow = meanOf(values, 0, periods.slow);
  let average = fast - slow;
  for (let i = periods.slow; i < warmUp; i++) {
    fast += fastWeight * ((values[i] ?? NaN) - fast);
    slow += slowWeight * ((values[i] ?? NaN) - slow);
    average += fast - slow;
  }
  average /= periods.signal;
  line[warmUp - 1] = fast - slow;
  signal[warmUp - 1] = average;
  histogram[warmUp - 1] = fast - slow - average;
  for (let i = warmUp; i < values.length; i++) {
    const value = values[i] ?? NaN;
    fast += fastWeight * (value - fast);
    slow += slowWeight * (value - slow);
    const difference = fast - slow;
    average += signalWeight * (difference - average);
    line[i] = difference;
    signal[i] = average;
    histogram[i] = difference - average;
  }
}

function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i] ?? NaN;
  return sum / (to - from);
}

function requirePeriods({ fast, slow, signal }: MacdPeriods): void {
  requirePeriod('fast', fast, 1);
  requirePeriod('slow', slow, fast + 1);
  requirePeriod('signal', signal, 1);
}
