const POSITION = 0;
export const HIGHEST = 1;
export const LOWEST = 2;
const TOP = 3;
const BOTTOM = 4;
const HIGH = 5;
const LOW = 6;
const RINGS = 7;

/**
 * Highest high and lowest low of the newest `period` bars, both in one go and in the way of
 * `extremes.ts`. They lie in the state at HIGHEST and LOWEST; NaN before there are so many bars.
 */
export function spanSize(period: number): number {
  return RINGS + 2 * period;
}

export function startSpan(state: Float64Array, at: number, period: number): void {
  state[at + POSITION] = 0;
  state.fill(NaN, at + HIGHEST, at + RINGS + 2 * period);
}

export function stepSpan(
  state: Float64Array,
  at: number,
  period: number,
  high: number,
  low: number,
): void {
  state[at + HIGH] = high;
  state[at + LOW] = low;
  carry(state, at, period);
}

function carry(state: Float64Array, at: number, period: number): void {
  const high = state[at + HIGH] ?? 0;
  const low = state[at + LOW] ?? 0;
  const position = state[at + POSITION] ?? 0;
  const slot = at + RINGS + 2 * position;
  const first = position === 0;
  const top = Math.max(first ? high : (state[at + TOP] ?? 0), high);
  const bottom = Math.min(first ? low : (state[at + BOTTOM] ?? 0), low);
  state[at + TOP] = top;
  state[at + BOTTOM] = bottom;
  state[slot] = high;
  state[slot + 1] = low;
  if (position + 1 === period) {
    state[at + HIGHEST] = top;
    state[at + LOWEST] = bottom;
    endBlock(state, at, period);
    return;
  }
  state[at + POSITION] = position + 1;
  state[at + HIGHEST] = Math.max(state[slot + 2] ?? 0, top);
  state[at + LOWEST] = Math.min(state[slot + 3] ?? 0, bottom);
}

function endBlock(state: Float64Array, at: number, period: number): void {
  state[at + POSITION] = 0;
  for (let slot = at + RINGS + 2 * period - 4; slot >= at + RINGS; slot -= 2) {
    state[slot] = Math.max(state[slot] ?? 0, state[slot + 2] ?? 0);
    state[slot + 1] = Math.min(state[slot + 1] ?? 0, state[slot + 3] ?? 0);
  }
}
