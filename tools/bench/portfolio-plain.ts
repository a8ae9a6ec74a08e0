import type { Columns } from '@ballast/indicators';
import type { PlainResult, PlainTerms } from './backtest-plain.ts';

/** Of one instrument, in a row of numbers each. */
const STATE = {
  held: 0,
  paid: 1,
  stop: 2,
  target: 3,
  wanted: 4,
  leaving: 5,
  fastSum: 6,
  slowSum: 7,
  rangeSum: 8,
  range: 9,
  before: 10,
} as const;
const SIZE = 11;

/**
 * The moving average cross over many instruments on one account, as loops over typed arrays and
 * nothing else: the same trades as the engine's. All instruments have a bar at each moment; sizes
 * are parts of the equity at the opens of what is held then.
 */
export function plainPortfolio(all: readonly Columns[], terms: PlainTerms): PlainResult {
  const rows = all[0]?.close.length ?? 0;
  const equity = new Float64Array(rows);
  const state = new Float64Array(all.length * SIZE);
  for (let at = 0; at < state.length; at += SIZE) {
    state[at + STATE.range] = NaN;
    state[at + STATE.before] = NaN;
  }
  const account = { cash: terms.cash, trades: 0 };
  for (let row = 0; row < rows; row += 1) {
    let marked = 0;
    for (let of = 0; of < all.length; of += 1) {
      const bars = all[of];
      if (bars === undefined) continue;
      const at = of * SIZE;
      if ((state[at] ?? 0) > 0 || (state[at + STATE.wanted] ?? 0) > 0) {
        trade(state, at, bars, row, terms, account);
        marked += (state[at] ?? 0) * ((bars.open[row] ?? NaN) - (state[at + STATE.paid] ?? NaN));
      }
    }
    let value = 0;
    for (let of = 0; of < all.length; of += 1) {
      const bars = all[of];
      if (bars === undefined) continue;
      const at = of * SIZE;
      signal(state, at, bars, row, terms, account.cash + marked);
      if (row === rows - 1) close(state, at, bars.close[row] ?? NaN, terms, account);
      const held = state[at] ?? 0;
      if (held > 0) value += held * ((bars.close[row] ?? NaN) - (state[at + STATE.paid] ?? NaN));
    }
    equity[row] = account.cash + value;
  }
  return { trades: account.trades, equity };
}

type Account = { cash: number; trades: number };

function trade(
  state: Float64Array,
  at: number,
  bars: Columns,
  row: number,
  { takerFee, makerFee }: PlainTerms,
  account: Account,
): void {
  const [first, top, bottom] = [bars.open[row] ?? NaN, bars.high[row] ?? NaN, bars.low[row] ?? NaN];
  const [stop, target] = [state[at + STATE.stop] ?? NaN, state[at + STATE.target] ?? NaN];
  let [held, out, fee] = [state[at] ?? 0, 0, takerFee];
  if (held > 0) {
    if (first <= stop || (state[at + STATE.leaving] ?? 0) > 0) out = first;
    if (first >= target && first > stop) [out, fee] = [target, makerFee];
  } else {
    held = state[at + STATE.wanted] ?? 0;
    state[at] = held;
    state[at + STATE.paid] = first;
    state[at + STATE.wanted] = 0;
    account.cash -= held * first * takerFee;
    if (first <= stop || first >= target) out = first;
  }
  if (out === 0) {
    if (bottom <= stop) out = stop;
    else if (top >= target) [out, fee] = [target, makerFee];
  }
  if (out === 0) return;
  account.cash += held * (out - (state[at + STATE.paid] ?? NaN)) - held * out * fee;
  account.trades += 1;
  state[at] = 0;
  state[at + STATE.leaving] = 0;
}

function signal(
  state: Float64Array,
  at: number,
  { high, low, close: closes }: Columns,
  row: number,
  terms: PlainTerms,
  equity: number,
): void {
  const { fast, slow, range } = terms;
  const last = closes[row] ?? NaN;
  const fastSum =
    (state[at + STATE.fastSum] ?? 0) + last - (row >= fast ? (closes[row - fast] ?? NaN) : 0);
  const slowSum =
    (state[at + STATE.slowSum] ?? 0) + last - (row >= slow ? (closes[row - slow] ?? NaN) : 0);
  state[at + STATE.fastSum] = fastSum;
  state[at + STATE.slowSum] = slowSum;
  let average = state[at + STATE.range] ?? NaN;
  if (row > 0) {
    const gone = closes[row - 1] ?? NaN;
    const wide = Math.max(high[row] ?? NaN, gone) - Math.min(low[row] ?? NaN, gone);
    if (row <= range) {
      const sum = (state[at + STATE.rangeSum] ?? 0) + wide;
      state[at + STATE.rangeSum] = sum;
      if (row === range) average = sum / range;
    } else average += (wide - average) / range;
    state[at + STATE.range] = average;
  }
  const gap = row >= slow - 1 ? fastSum / fast - slowSum / slow : NaN;
  const before = state[at + STATE.before] ?? NaN;
  state[at + STATE.before] = gap;
  if (row < terms.warmUp || row === closes.length - 1) return;
  const held = state[at] ?? 0;
  if (before <= 0 && gap > 0 && held === 0) {
    const stop = Math.floor(last - terms.stopRanges * average);
    const byRisk = (equity * terms.risk) / (last - stop);
    const wanted = Math.min(byRisk, (equity * terms.notional) / last);
    state[at + STATE.stop] = stop;
    state[at + STATE.target] = Math.floor(last + terms.targetRanges * average);
    state[at + STATE.wanted] = Math.floor(wanted * terms.lotsToOne) / terms.lotsToOne;
  } else if (before >= 0 && gap < 0 && held > 0) state[at + STATE.leaving] = 1;
}

/** The bars are over. */
function close(
  state: Float64Array,
  at: number,
  last: number,
  { takerFee }: PlainTerms,
  account: Account,
): void {
  const held = state[at] ?? 0;
  if (held === 0) return;
  account.cash += held * (last - (state[at + STATE.paid] ?? NaN)) - held * last * takerFee;
  account.trades += 1;
  state[at] = 0;
}
