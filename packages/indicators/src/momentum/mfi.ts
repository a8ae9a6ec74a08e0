import {
  type Columns,
  type HighLowCloseVolume,
  type Indicator,
  REFRESH_WINDOWS,
  requirePeriod,
  requireSameLength,
} from '../indicator.ts';
import { filling, POSITION, startRing, turn } from '../window/ring.ts';
import { GROWN, SHRUNK } from '../window/trust.ts';

const UP = 2;
const ALL = 3;
const FRESH = 4;
const SEEN = 5;
const PREVIOUS = 6;
const RING = 7;

/**
 * Money flow index (Quong and Soudack, 1989), 0 to 100: the share of money (typical price times
 * volume) that moved on bars whose typical price rose, over `period` changes. Warm-up:
 * `period` + 1. Without any flow it is 50, neither in nor out; TA-Lib says 0 for a flow below 1.
 */
export function mfi(period: number): Indicator<HighLowCloseVolume> {
  requirePeriod('period', period, 2);
  return {
    warmUp: period + 1,
    size: RING + period,
    offsets: {},
    start(state, at) {
      startRing(state, at);
      state.fill(NaN, at + UP, at + SEEN);
      state.fill(0, at + SEEN, at + RING + period);
    },
    step(state, at, high, low, close, volume) {
      const typical = (high + low + close) / 3;
      const before = state[at + PREVIOUS] ?? 0;
      state[at + PREVIOUS] = typical;
      if (state[at + SEEN] === 0) state[at + SEEN] = 1;
      else carryStep(state, at, period, Math.sign(typical - before) * (typical * volume));
      return share(state[at + UP] ?? 0, state[at + ALL] ?? 0);
    },
  };
}

function carryStep(state: Float64Array, at: number, period: number, flow: number): void {
  const position = state[at + POSITION] ?? 0;
  const slot = at + RING + position;
  const left = state[slot] ?? 0;
  state[slot] = flow;
  state[at + UP] = (state[at + UP] ?? 0) + (positive(flow) - positive(left));
  const all = (state[at + ALL] ?? 0) + (Math.abs(flow) - Math.abs(left));
  state[at + ALL] = all;
  const fresh = state[at + FRESH] ?? 0;
  const sound = all <= fresh * GROWN && all >= fresh * SHRUNK;
  if (sound && position + 1 < period) {
    state[at + POSITION] = position + 1;
    return;
  }
  settle(state, at, period, sound);
}

function settle(state: Float64Array, at: number, period: number, sound: boolean): void {
  const due = turn(state, at, period);
  if (filling(state, at) || (sound && !due)) return;
  let up = 0;
  let all = 0;
  for (let i = 0, slot = state[at + POSITION] ?? 0; i < period; i++) {
    const flow = state[at + RING + slot] ?? 0;
    up += positive(flow);
    all += Math.abs(flow);
    slot = slot + 1 === period ? 0 : slot + 1;
  }
  state[at + UP] = up;
  state[at + ALL] = all;
  state[at + FRESH] = all;
}

/** Without a branch, which changing signs would have the processor guess wrong. */
function positive(flow: number): number {
  return 0.5 * (flow + Math.abs(flow));
}

/** Rounding may take the sum a hair out of its bounds. */
function share(up: number, all: number): number {
  return all === 0 ? 50 : Math.min(100, Math.max(0, (100 * up) / all));
}

export function mfiOf(columns: Columns, out: Float64Array, period: number): void {
  requirePeriod('period', period, 2);
  const { high, low, close, volume } = columns;
  requireSameLength(out, high, low, close, volume);
  const flows = new Float64Array(out.length);
  let previous = NaN;
  for (let i = 0; i < flows.length; i++) {
    const typical = ((high[i] ?? NaN) + (low[i] ?? NaN) + (close[i] ?? NaN)) / 3;
    flows[i] = Math.sign(typical - previous) * (typical * (volume[i] ?? NaN));
    previous = typical;
  }
  out.fill(NaN, 0, Math.min(period, out.length));
  const span = REFRESH_WINDOWS * period;
  for (let from = period; from < out.length; from += span) {
    const to = Math.min(from + span, out.length);
    for (let row = from; row < to;) row = carry(flows, out, period, row, to);
  }
}

/** Takes the sums anew at `row`, carries them on, and returns the row to do that at again. */
function carry(
  flows: Float64Array,
  out: Float64Array,
  period: number,
  row: number,
  to: number,
): number {
  let up = 0;
  let all = 0;
  for (let i = row - period + 1; i <= row; i++) {
    const flow = flows[i] ?? NaN;
    up += positive(flow);
    all += Math.abs(flow);
  }
  out[row] = share(up, all);
  const most = all * GROWN;
  const least = all * SHRUNK;
  for (let i = row + 1; i < to; i++) {
    const entering = flows[i] ?? NaN;
    const leaving = flows[i - period] ?? NaN;
    up += positive(entering) - positive(leaving);
    all += Math.abs(entering) - Math.abs(leaving);
    if (!(all <= most && all >= least)) return i;
    out[i] = share(up, all);
  }
  return to;
}
