import {
  type Columns,
  type HighLow,
  type Indicator,
  requirePeriod,
  requireSameLength,
  type Value,
} from '../indicator.ts';
import { extremeSize, startExtreme, stepMaximum, stepMinimum } from './extremes.ts';
import { HIGHEST, LOWEST, spanSize, startSpan, stepSpan } from './span.ts';

/** Largest of the newest `period` inputs, in their unit. Warm-up: `period`. */
export function rollingMax(period: number): Indicator<Value> {
  requirePeriod('period', period, 1);
  return {
    warmUp: period,
    size: extremeSize(period),
    offsets: {},
    start: (state, at) => startExtreme(state, at, period),
    step: (state, at, value) => stepMaximum(state, at, period, value),
  };
}

/** Smallest of the newest `period` inputs, in their unit. Warm-up: `period`. */
export function rollingMin(period: number): Indicator<Value> {
  requirePeriod('period', period, 1);
  return {
    warmUp: period,
    size: extremeSize(period),
    offsets: {},
    start: (state, at) => startExtreme(state, at, period),
    step: (state, at, value) => stepMinimum(state, at, period, value),
  };
}

/**
 * Donchian channel (Richard Donchian; the Turtle rules use 20 and 55): highest high and lowest low
 * of `period` bars with the newest among them. Returns their middle; prices. Warm-up: `period`.
 * A breakout is a close beyond the channel of the bar before.
 */
export function donchian(period: number): Indicator<HighLow, 'upper' | 'lower'> {
  requirePeriod('period', period, 1);
  return {
    warmUp: period,
    size: spanSize(period),
    offsets: { upper: HIGHEST, lower: LOWEST },
    start: (state, at) => startSpan(state, at, period),
    step(state, at, high, low) {
      stepSpan(state, at, period, high, low);
      return ((state[at + HIGHEST] ?? 0) + (state[at + LOWEST] ?? 0)) / 2;
    },
  };
}

export function rollingMaxOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 1);
  requireSameLength(values, out);
  out.fill(NaN, 0, Math.min(period - 1, out.length));
  for (let begin = 0; begin + period <= values.length; begin += period) {
    let extreme = -Infinity;
    const last = Math.min(begin + period - 1, values.length - period);
    let i = begin + period - 1;
    for (; i > last; i--) extreme = Math.max(extreme, values[i] ?? NaN);
    for (; i >= begin; i--) {
      extreme = Math.max(extreme, values[i] ?? NaN);
      out[i + period - 1] = extreme;
    }
  }
  for (let begin = period; begin < values.length; begin += period) {
    let extreme = -Infinity;
    const end = Math.min(begin + period, values.length);
    for (let i = begin; i < end; i++) {
      extreme = Math.max(extreme, values[i] ?? NaN);
      out[i] = Math.max(out[i] ?? NaN, extreme);
    }
  }
}

export function rollingMinOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 1);
  requireSameLength(values, out);
  out.fill(NaN, 0, Math.min(period - 1, out.length));
  for (let begin = 0; begin + period <= values.length; begin += period) {
    let extreme = Infinity;
    const last = Math.min(begin + period - 1, values.length - period);
    let i = begin + period - 1;
    for (; i > last; i--) extreme = Math.min(extreme, values[i] ?? NaN);
    for (; i >= begin; i--) {
      extreme = Math.min(extreme, values[i] ?? NaN);
      out[i + period - 1] = extreme;
    }
  }
  for (let begin = period; begin < values.length; begin += period) {
    let extreme = Infinity;
    const end = Math.min(begin + period, values.length);
    for (let i = begin; i < end; i++) {
      extreme = Math.min(extreme, values[i] ?? NaN);
      out[i] = Math.min(out[i] ?? NaN, extreme);
    }
  }
}

export type ChannelColumns = {
  readonly upper: Float64Array;
  readonly middle: Float64Array;
  readonly lower: Float64Array;
};

export function donchianOf(columns: Columns, out: ChannelColumns, period: number): void {
  const { upper, middle, lower } = out;
  rollingMaxOf(columns.high, upper, period);
  rollingMinOf(columns.low, lower, period);
  requireSameLength(columns.high, columns.low, middle);
  for (let i = 0; i < middle.length; i++) middle[i] = ((upper[i] ?? NaN) + (lower[i] ?? NaN)) / 2;
}
