const POSITION = 0;
const RUNNING = 1;
const RING = 2;

/**
 * Extreme of the newest `period` inputs (van Herk 1992, Gil and Werman 1993): the inputs are cut
 * into blocks of `period`; a window is the end of one block and the beginning of the next, and of
 * both the extremes are at hand. About three comparisons an input whatever the period, though the
 * step that ends a block looks at the whole block. NaN in the window makes it NaN.
 */
export function extremeSize(period: number): number {
  return RING + period;
}

export function startExtreme(state: Float64Array, at: number, period: number): void {
  state[at + POSITION] = 0;
  // Before the first block is complete every window reaches into this one, and is NaN.
  state.fill(NaN, at + RUNNING, at + RING + period);
}

export function stepMaximum(
  state: Float64Array,
  at: number,
  period: number,
  value: number,
): number {
  const position = state[at + POSITION] ?? 0;
  const running = position === 0 ? value : Math.max(state[at + RUNNING] ?? NaN, value);
  state[at + RUNNING] = running;
  state[at + RING + position] = value;
  if (position + 1 < period) {
    state[at + POSITION] = position + 1;
    return Math.max(state[at + RING + position + 1] ?? NaN, running);
  }
  endMaximum(state, at, period);
  return running;
}

export function stepMinimum(
  state: Float64Array,
  at: number,
  period: number,
  value: number,
): number {
  const position = state[at + POSITION] ?? 0;
  const running = position === 0 ? value : Math.min(state[at + RUNNING] ?? NaN, value);
  state[at + RUNNING] = running;
  state[at + RING + position] = value;
  if (position + 1 < period) {
    state[at + POSITION] = position + 1;
    return Math.min(state[at + RING + position + 1] ?? NaN, running);
  }
  endMinimum(state, at, period);
  return running;
}

/** Makes of the block's inputs what is largest from each of them to the block's end. */
function endMaximum(state: Float64Array, at: number, period: number): void {
  state[at + POSITION] = 0;
  for (let slot = at + RING + period - 2; slot >= at + RING; slot--) {
    state[slot] = Math.max(state[slot] ?? NaN, state[slot + 1] ?? NaN);
  }
}

function endMinimum(state: Float64Array, at: number, period: number): void {
  state[at + POSITION] = 0;
  for (let slot = at + RING + period - 2; slot >= at + RING; slot--) {
    state[slot] = Math.min(state[slot] ?? NaN, state[slot + 1] ?? NaN);
  }
}
