import { type Indicator, requirePeriod, requireSameLength, type Value } from '../indicator.ts';

const SEEN = 0;
const POSITION = 1;
const RING = 2;

/**
 * Rate of change: how far the newest input is above the one `period` before, in percent of that
 * one. Warm-up: `period` + 1. From an input of 0 it is infinite, or NaN; TA-Lib says 0.
 */
export function roc(period: number): Indicator<Value> {
  requirePeriod('period', period, 1);
  return {
    warmUp: period + 1,
    size: RING + period,
    offsets: {},
    start: (state, at) => void state.fill(0, at, at + RING + period),
    step(state, at, value) {
      const position = state[at + POSITION] ?? 0;
      const before = state[at + RING + position] ?? 0;
      state[at + RING + position] = value;
      state[at + POSITION] = position + 1 === period ? 0 : position + 1;
      const seen = state[at + SEEN] ?? 0;
      if (seen === period) return (value / before - 1) * 100;
      state[at + SEEN] = seen + 1;
      return NaN;
    },
  };
}

export function rocOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 1);
  requireSameLength(values, out);
  out.fill(NaN, 0, Math.min(period, out.length));
  for (let i = period; i < values.length; i++) {
    out[i] = ((values[i] ?? NaN) / (values[i - period] ?? NaN) - 1) * 100;
  }
}
