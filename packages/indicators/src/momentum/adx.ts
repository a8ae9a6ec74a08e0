import {
  type Columns,
  type HighLowClose,
  type Indicator,
  requirePeriod,
  requireSameLength,
} from '../indicator.ts';
import { rangeFrom } from '../volatility/true-range.ts';

const SEEN = 0;
const HIGH = 1;
const LOW = 2;
const CLOSE = 3;
const RANGE = 4;
const UP = 5;
const DOWN = 6;
const VALUE = 7;
const PLUS = 8;
const MINUS = 9;
const SIZE = 10;

/**
 * Average directional index (Wilder, 1978), 0 to 100, with the directional indicators `plus` and
 * `minus`. As in TA-Lib the smoothed sums begin with the first `period` - 1 bars' own, and the
 * index with the plain average of the first `period` directional values. Warm-up: 2 x `period`; of
 * `plus` and `minus` `period` + 1. Where nothing moved, `plus` and `minus` are 0, and the index
 * keeps its last value (as in TA-Lib; technicalindicators divides by nothing there).
 */
export function adx(period: number): Indicator<HighLowClose, 'plus' | 'minus'> {
  requirePeriod('period', period, 2);
  return {
    warmUp: 2 * period,
    size: SIZE,
    offsets: { plus: PLUS, minus: MINUS },
    start(state, at) {
      state.fill(0, at, at + SIZE);
      state.fill(NaN, at + PLUS, at + SIZE);
    },
    step(state, at, high, low, close) {
      const seen = state[at + SEEN] ?? 0;
      const rise = high - (state[at + HIGH] ?? 0);
      const fall = (state[at + LOW] ?? 0) - low;
      const range = rangeFrom(state[at + CLOSE] ?? 0, high, low);
      state[at + HIGH] = high;
      state[at + LOW] = low;
      state[at + CLOSE] = close;
      if (seen < 2 * period) state[at + SEEN] = seen + 1;
      if (seen > 0) carry(state, at, period, seen, above(rise, fall), above(fall, rise), range);
      return seen < 2 * period - 1 ? NaN : (state[at + VALUE] ?? 0);
    },
  };
}

function carry(
  state: Float64Array,
  at: number,
  period: number,
  seen: number,
  rise: number,
  fall: number,
  range: number,
): void {
  const kept = seen < period ? 1 : 1 - 1 / period;
  const total = (state[at + RANGE] ?? 0) * kept + range;
  const up = (state[at + UP] ?? 0) * kept + rise;
  const down = (state[at + DOWN] ?? 0) * kept + fall;
  state[at + RANGE] = total;
  state[at + UP] = up;
  state[at + DOWN] = down;
  if (seen < period) return;
  state[at + PLUS] = percent(up, total);
  state[at + MINUS] = percent(down, total);
  state[at + VALUE] = smoothed(state[at + VALUE] ?? 0, up, down, seen - period, period);
}

/** The move of one side where it is the larger and a move at all. NaN stays NaN. */
function above(move: number, other: number): number {
  return other >= move ? 0 : Math.max(move, 0);
}

function percent(part: number, total: number): number {
  return total === 0 ? 0 : (100 * part) / total;
}

/** The index after `seen` + 1 directional values: their sum, then their average, then smoothed. */
function smoothed(before: number, up: number, down: number, seen: number, period: number): number {
  const both = up + down;
  const still = both === 0;
  if (seen >= period) {
    const strength = still ? before : (100 * Math.abs(up - down)) / both;
    return before + (strength - before) / period;
  }
  const sum = before + (still ? 0 : (100 * Math.abs(up - down)) / both);
  return seen === period - 1 ? sum / period : sum;
}

export type AdxColumns = {
  readonly adx: Float64Array;
  readonly plus: Float64Array;
  readonly minus: Float64Array;
};

export function adxOf(columns: Columns, out: AdxColumns, period: number): void {
  requirePeriod('period', period, 2);
  const { high, low, close } = columns;
  requireSameLength(close, high, low, out.adx, out.plus, out.minus);
  const { length } = close;
  out.adx.fill(NaN, 0, Math.min(2 * period - 1, length));
  for (const column of [out.plus, out.minus]) column.fill(NaN, 0, Math.min(period, length));
  let total = 0;
  let up = 0;
  let down = 0;
  for (let i = 1; i < Math.min(period, length); i++) {
    const rise = (high[i] ?? NaN) - (high[i - 1] ?? NaN);
    const fall = (low[i - 1] ?? NaN) - (low[i] ?? NaN);
    total += rangeFrom(close[i - 1] ?? NaN, high[i] ?? NaN, low[i] ?? NaN);
    up += above(rise, fall);
    down += above(fall, rise);
  }
  smooth(columns, out, period, { total, up, down });
}

/** From row `period` on, where the sums are carried on smoothed. */
function smooth(
  { high, low, close }: Columns,
  { adx: index, plus, minus }: AdxColumns,
  period: number,
  begin: { readonly total: number; readonly up: number; readonly down: number },
): void {
  const kept = 1 - 1 / period;
  const first = 2 * period - 1;
  let { total, up, down } = begin;
  let value = 0;
  for (let i = period; i < close.length; i++) {
    const rise = (high[i] ?? NaN) - (high[i - 1] ?? NaN);
    const fall = (low[i - 1] ?? NaN) - (low[i] ?? NaN);
    total = total * kept + rangeFrom(close[i - 1] ?? NaN, high[i] ?? NaN, low[i] ?? NaN);
    up = up * kept + above(rise, fall);
    down = down * kept + above(fall, rise);
    plus[i] = percent(up, total);
    minus[i] = percent(down, total);
    value = smoothed(value, up, down, i - period, period);
    if (i >= first) index[i] = value;
  }
}
