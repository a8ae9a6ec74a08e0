import { filling, POSITION, startRing, turn } from './ring.ts';

export const SHIFT = 2;
export const SUM = 3;
const WEIGHTED = 4;
const RING = 5;

/**
 * The sum of the newest `period` inputs, and that with weights 1 (oldest) to `period` (newest),
 * both of the inputs' distances to one of them: SHIFT, SUM and the returned weighted sum together
 * make an average or a slope.
 */
export function weightedSize(period: number): number {
  return RING + period;
}

export function startWeighted(state: Float64Array, at: number, period: number): void {
  startRing(state, at);
  state.fill(NaN, at + SHIFT, at + RING);
  state.fill(0, at + RING, at + RING + period);
}

/** The weighted sum; NaN before there are `period` inputs. */
export function stepWeighted(
  state: Float64Array,
  at: number,
  period: number,
  value: number,
): number {
  const position = state[at + POSITION] ?? 0;
  const slot = at + RING + position;
  const shift = state[at + SHIFT] ?? 0;
  const before = state[at + SUM] ?? 0;
  const entering = value - shift;
  const weighted = (state[at + WEIGHTED] ?? 0) + (period * entering - before);
  state[at + WEIGHTED] = weighted;
  state[at + SUM] = before + (entering - ((state[slot] ?? 0) - shift));
  state[slot] = value;
  if (position + 1 < period && !Number.isNaN(weighted)) {
    state[at + POSITION] = position + 1;
    return weighted;
  }
  settle(state, at, period);
  return state[at + WEIGHTED] ?? 0;
}

function settle(state: Float64Array, at: number, period: number): void {
  const due = turn(state, at, period);
  if (filling(state, at) || !(due || Number.isNaN(state[at + WEIGHTED]))) return;
  const oldest = state[at + POSITION] ?? 0;
  const shift = state[at + RING + oldest] ?? 0;
  let sum = 0;
  let weighted = 0;
  for (let i = 1, slot = oldest; i <= period; i++) {
    const distance = (state[at + RING + slot] ?? 0) - shift;
    sum += distance;
    weighted += i * distance;
    slot = slot + 1 === period ? 0 : slot + 1;
  }
  state[at + SHIFT] = shift;
  state[at + SUM] = sum;
  state[at + WEIGHTED] = weighted;
}

/** What one window's sums are; `weighted` of a whole series is made from one to the next. */
export type WeightedSums = { shift: number; sum: number; weighted: number };

/** Sets `sums` to those of the window that ends at `row`. */
export function takeWeighted(
  sums: WeightedSums,
  values: Float64Array,
  row: number,
  period: number,
): void {
  const first = row - period + 1;
  const shift = values[first] ?? NaN;
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < period; i++) {
    const distance = (values[first + i] ?? NaN) - shift;
    sum += distance;
    weighted += (i + 1) * distance;
  }
  sums.shift = shift;
  sums.sum = sum;
  sums.weighted = weighted;
}
