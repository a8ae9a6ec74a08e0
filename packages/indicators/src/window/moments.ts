import { filling, POSITION, startRing, turn } from './ring.ts';
import { GROWN, SHRUNK } from './trust.ts';

const SHIFT = 2;
const SUM = 3;
const SQUARES = 4;
const FRESH = 5;
export const MEAN = 6;
export const DEVIATION = 7;
export const INPUT = 8;
const RING = 9;

/**
 * Mean and population deviation of the newest `period` inputs. Sum and sum of squares are carried
 * of the inputs' distances to one of them, so that large, calm prices keep their digits. Both are
 * taken anew every sixteen windows, and at once when they leave the band of `trust.ts`.
 */
export function momentsSize(period: number): number {
  return RING + period;
}

/**
 * The share of the fresh squares' sum below which the spread is no longer trusted. It may well be
 * 1 / period when fresh: without that bound long windows would be taken anew at each step.
 */
export function trustOf(period: number): number {
  return Math.min(SHRUNK, 0.1 / period);
}

export function startMoments(state: Float64Array, at: number, period: number): void {
  startRing(state, at);
  state.fill(NaN, at + SHIFT, at + INPUT);
  state.fill(0, at + INPUT, at + RING + period);
}

/** The deviation; NaN before there are `period` inputs. Both outputs lie in the state as well. */
export function stepMoments(
  state: Float64Array,
  at: number,
  period: number,
  trust: number,
  value: number,
): number {
  state[at + INPUT] = value;
  carryMoments(state, at, period, trust);
  return state[at + DEVIATION] ?? 0;
}

/** The step of the input that lies in the state at INPUT. */
export function carryMoments(state: Float64Array, at: number, period: number, trust: number): void {
  const value = state[at + INPUT] ?? 0;
  const position = state[at + POSITION] ?? 0;
  const slot = at + RING + position;
  const shift = state[at + SHIFT] ?? 0;
  const entering = value - shift;
  const leaving = (state[slot] ?? 0) - shift;
  state[slot] = value;
  const sum = (state[at + SUM] ?? 0) + (entering - leaving);
  const squares = (state[at + SQUARES] ?? 0) + (entering - leaving) * (entering + leaving);
  state[at + SUM] = sum;
  state[at + SQUARES] = squares;
  const inverse = 1 / period;
  const offset = sum * inverse;
  const spread = squares - sum * offset;
  state[at + MEAN] = shift + offset;
  state[at + DEVIATION] = Math.sqrt(spread * inverse);
  const fresh = state[at + FRESH] ?? 0;
  const trusted = squares <= fresh * GROWN && spread >= fresh * trust;
  if (trusted && position + 1 < period) {
    state[at + POSITION] = position + 1;
  } else settle(state, at, period, trusted);
}

/** What is to be done at a window's end, or where the sums are not trusted. */
function settle(state: Float64Array, at: number, period: number, trusted: boolean): void {
  const due = turn(state, at, period);
  if (filling(state, at) || (trusted && !due)) return;
  const oldest = state[at + POSITION] ?? 0;
  const shift = state[at + RING + oldest] ?? 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0, slot = oldest; i < period; i++) {
    const distance = (state[at + RING + slot] ?? 0) - shift;
    sum += distance;
    squares += distance * distance;
    slot = slot + 1 === period ? 0 : slot + 1;
  }
  state[at + SHIFT] = shift;
  state[at + SUM] = sum;
  state[at + SQUARES] = squares;
  state[at + FRESH] = squares;
  const inverse = 1 / period;
  const offset = sum * inverse;
  state[at + MEAN] = shift + offset;
  state[at + DEVIATION] = Math.sqrt(Math.max(0, squares - sum * offset) * inverse);
}
