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

const FLOW = 2;
const VOLUME = 3;
const FRESH = 4;
const RING = 5;

/**
 * Moving volume-weighted average price: typical price (high + low + close) / 3, weighted with the
 * volume, over `period` bars. A price. Warm-up: `period`. Where the window has no volume at all it
 * is the newest typical price: there is nothing to weigh with, and 0 would be a price.
 */
export function mvwap(period: number): Indicator<HighLowCloseVolume> {
  requirePeriod('period', period, 1);
  return {
    warmUp: period,
    size: RING + 2 * period,
    offsets: {},
    start(state, at) {
      startRing(state, at);
      state.fill(NaN, at + FLOW, at + RING);
      state.fill(0, at + RING, at + RING + 2 * period);
    },
    step(state, at, high, low, close, volume) {
      const typical = (high + low + close) / 3;
      carryStep(state, at, period, typical * volume, volume);
      const weight = state[at + VOLUME] ?? 0;
      return weight === 0 ? typical : (state[at + FLOW] ?? 0) / weight;
    },
  };
}

function carryStep(
  state: Float64Array,
  at: number,
  period: number,
  flow: number,
  volume: number,
): void {
  const position = state[at + POSITION] ?? 0;
  const slot = at + RING + 2 * position;
  const total = (state[at + VOLUME] ?? 0) + (volume - (state[slot + 1] ?? 0));
  const money = (state[at + FLOW] ?? 0) + (flow - (state[slot] ?? 0));
  state[slot] = flow;
  state[slot + 1] = volume;
  state[at + VOLUME] = total;
  state[at + FLOW] = money;
  const fresh = state[at + FRESH] ?? 0;
  const sound = total <= fresh * GROWN && total >= fresh * SHRUNK && !Number.isNaN(money);
  if (sound && position + 1 < period) {
    state[at + POSITION] = position + 1;
    return;
  }
  settle(state, at, period, sound);
}

function settle(state: Float64Array, at: number, period: number, sound: boolean): void {
  const due = turn(state, at, period);
  if (filling(state, at) || (sound && !due)) return;
  let flow = 0;
  let volume = 0;
  for (let i = 0, slot = state[at + POSITION] ?? 0; i < period; i++) {
    flow += state[at + RING + 2 * slot] ?? 0;
    volume += state[at + RING + 2 * slot + 1] ?? 0;
    slot = slot + 1 === period ? 0 : slot + 1;
  }
  state[at + FLOW] = flow;
  state[at + VOLUME] = volume;
  state[at + FRESH] = volume;
}

export function mvwapOf(columns: Columns, out: Float64Array, period: number): void {
  requirePeriod('period', period, 1);
  const { high, low, close, volume } = columns;
  requireSameLength(out, high, low, close, volume);
  out.fill(NaN, 0, Math.min(period - 1, out.length));
  const span = REFRESH_WINDOWS * period;
  for (let from = period - 1; from < out.length; from += span) {
    const to = Math.min(from + span, out.length);
    for (let row = from; row < to;) row = carry(columns, out, period, row, to);
  }
}

/** Takes the sums anew at `row`, carries them on, and returns the row to do that at again. */
function carry(
  columns: Columns,
  out: Float64Array,
  period: number,
  row: number,
  to: number,
): number {
  const { high, low, close, volume } = columns;
  let flow = 0;
  let total = 0;
  let typical = NaN;
  for (let i = row - period + 1; i <= row; i++) {
    const traded = volume[i] ?? NaN;
    typical = ((high[i] ?? NaN) + (low[i] ?? NaN) + (close[i] ?? NaN)) / 3;
    flow += typical * traded;
    total += traded;
  }
  out[row] = total === 0 ? typical : flow / total;
  const most = total * GROWN;
  const least = total * SHRUNK;
  for (let i = row + 1; i < to; i++) {
    const j = i - period;
    const entering = volume[i] ?? NaN;
    const leaving = volume[j] ?? NaN;
    typical = ((high[i] ?? NaN) + (low[i] ?? NaN) + (close[i] ?? NaN)) / 3;
    const left = ((high[j] ?? NaN) + (low[j] ?? NaN) + (close[j] ?? NaN)) / 3;
    total += entering - leaving;
    flow += typical * entering - left * leaving;
    if (!(total <= most && total >= least) || Number.isNaN(flow)) return i;
    out[i] = total === 0 ? typical : flow / total;
  }
  return to;
}
