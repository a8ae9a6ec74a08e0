import { filling, POSITION, startRing, turn } from './ring.ts';

export const SUM = 2;
export const INPUT = 3;
const RING = 4;

/** Numbers of state that the sum of `period` inputs takes. */
export function sumSize(period: number): number {
  return RING + period;
}

export function startSum(state: Float64Array, at: number, period: number): void {
  startRing(state, at);
  state[at + SUM] = NaN;
  state.fill(0, at + INPUT, at + RING + period);
}

/** The sum of the newest `period` inputs; NaN before there are so many. */
export function stepSum(state: Float64Array, at: number, period: number, value: number): number {
  state[at + INPUT] = value;
  carrySum(state, at, period);
  return state[at + SUM] ?? 0;
}

/** The step of the input that lies in the state at INPUT. */
export function carrySum(state: Float64Array, at: number, period: number): void {
  const position = state[at + POSITION] ?? 0;
  const slot = at + RING + position;
  const value = state[at + INPUT] ?? 0;
  const sum = (state[at + SUM] ?? 0) + (value - (state[slot] ?? 0));
  state[slot] = value;
  state[at + SUM] = sum;
  if (position + 1 < period && !Number.isNaN(sum)) {
    state[at + POSITION] = position + 1;
  } else settle(state, at, period);
}

function settle(state: Float64Array, at: number, period: number): void {
  const due = turn(state, at, period);
  if (filling(state, at) || !(due || Number.isNaN(state[at + SUM]))) return;
  let sum = 0;
  for (let i = 0, slot = state[at + POSITION] ?? 0; i < period; i++) {
    sum += state[at + RING + slot] ?? 0;
    slot = slot + 1 === period ? 0 : slot + 1;
  }
  state[at + SUM] = sum;
}

/** The values from `from` up to but without `to`, summed from the oldest on as a step does. */
export function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i] ?? NaN;
  return sum;
}
