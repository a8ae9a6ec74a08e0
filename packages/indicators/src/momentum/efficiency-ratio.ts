import {
  type Indicator,
  REFRESH_WINDOWS,
  requirePeriod,
  requireSameLength,
  type Value,
} from '../indicator.ts';
import { GROWN, SHRUNK } from '../window/trust.ts';

const AGE = 0;
const POSITION = 1;
const PATH = 2;
const FRESH = 3;
const LAST = 4;
const LEAVING = 5;
const RING = 6;

/**
 * Efficiency ratio (Kaufman, Smarter Trading, 1995), 0 to 1: the way from the input `period` before
 * to the newest, divided by the path walked between. Warm-up: `period` + 1. Where nothing moved it
 * is 0: a price that stands still has no trend.
 */
export function efficiencyRatio(period: number): Indicator<Value> {
  requirePeriod('period', period, 1);
  return {
    warmUp: period + 1,
    size: RING + period,
    offsets: {},
    start(state, at) {
      state.fill(0, at, at + RING + period);
      state[at + AGE] = -period - 1;
    },
    step(state, at, value) {
      const position = state[at + POSITION] ?? 0;
      const oldest = state[at + RING + position] ?? 0;
      const age = (state[at + AGE] ?? 0) + 1;
      const due = age === 0 || age === REFRESH_WINDOWS * period;
      state[at + AGE] = due ? 0 : age;
      const walked = Math.abs(value - (state[at + LAST] ?? 0));
      const path = (state[at + PATH] ?? 0) + (walked - (state[at + LEAVING] ?? 0));
      const fresh = state[at + FRESH] ?? 0;
      const trusted = path <= fresh * GROWN && path >= fresh * SHRUNK;
      if (age >= 0) {
        if (due || !trusted) refresh(state, at, period, value);
        else state[at + PATH] = path;
      }
      const next = position + 1 === period ? 0 : position + 1;
      state[at + POSITION] = next;
      state[at + LAST] = value;
      state[at + RING + position] = value;
      state[at + LEAVING] = Math.abs((state[at + RING + next] ?? 0) - oldest);
      return age < 0 ? NaN : ratio(value - oldest, state[at + PATH] ?? 0);
    },
  };
}

/** The path through the ring, which begins at its position, and on to `value`. */
function refresh(state: Float64Array, at: number, period: number, value: number): void {
  let slot = state[at + POSITION] ?? 0;
  let before = state[at + RING + slot] ?? 0;
  let path = 0;
  for (let i = 1; i < period; i++) {
    slot = slot + 1 === period ? 0 : slot + 1;
    const here = state[at + RING + slot] ?? 0;
    path += Math.abs(here - before);
    before = here;
  }
  path += Math.abs(value - before);
  state[at + PATH] = path;
  state[at + FRESH] = path;
}

/** Rounding may leave the path a hair shorter than the way. */
function ratio(way: number, path: number): number {
  return path === 0 ? 0 : Math.min(1, Math.abs(way) / path);
}

export function efficiencyRatioOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 1);
  requireSameLength(values, out);
  out.fill(NaN, 0, Math.min(period, out.length));
  const span = REFRESH_WINDOWS * period;
  for (let from = period; from < values.length; from += span) {
    const to = Math.min(from + span, values.length);
    for (let row = from; row < to;) row = carry(values, out, period, row, to);
  }
}

/** Takes the path anew at `row`, carries it on, and returns the row to do that at again. */
function carry(
  values: Float64Array,
  out: Float64Array,
  period: number,
  row: number,
  to: number,
): number {
  let path = 0;
  for (let i = row - period + 1; i <= row; i++) {
    path += Math.abs((values[i] ?? NaN) - (values[i - 1] ?? NaN));
  }
  out[row] = ratio((values[row] ?? NaN) - (values[row - period] ?? NaN), path);
  // No movement at all: the loop below may then divide without asking.
  if (path === 0) return row + 1;
  const most = path * GROWN;
  const least = path * SHRUNK;
  for (let i = row + 1; i < to; i++) {
    const j = i - period;
    const leaving = Math.abs((values[j] ?? NaN) - (values[j - 1] ?? NaN));
    path += Math.abs((values[i] ?? NaN) - (values[i - 1] ?? NaN)) - leaving;
    if (!(path <= most && path >= least)) return i;
    out[i] = Math.min(1, Math.abs((values[i] ?? NaN) - (values[j] ?? NaN)) / path);
  }
  return to;
}
