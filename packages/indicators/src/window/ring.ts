import { REFRESH_WINDOWS } from '../indicator.ts';

/*
 * The state of every indicator that carries sums of a window begins with where the ring of its
 * newest inputs is written next, and how many windows have passed since the sums were taken anew.
 *
 * The engine puts a fractional number into an object of its own wherever it crosses a call that was
 * not made part of the caller's code. So inputs and results cross our inner calls in the state, and
 * what is done once a window is kept apart from what is done at each step.
 */
export const POSITION = 0;
export const WINDOWS = 1;

export function startRing(state: Float64Array, at: number): void {
  state[at + POSITION] = 0;
  state[at + WINDOWS] = -1;
}

/** Moves on by one; true when the sums are to be taken anew. */
export function turn(state: Float64Array, at: number, period: number): boolean {
  const next = (state[at + POSITION] ?? 0) + 1;
  if (next < period) {
    state[at + POSITION] = next;
    return false;
  }
  state[at + POSITION] = 0;
  const windows = (state[at + WINDOWS] ?? 0) + 1;
  const due = windows === 0 || windows === REFRESH_WINDOWS;
  state[at + WINDOWS] = due ? 0 : windows;
  return due;
}

/** Whether the first window is not complete yet. */
export function filling(state: Float64Array, at: number): boolean {
  return (state[at + WINDOWS] ?? 0) < 0;
}
