import type { Columns } from '@ballast/indicators';

export type PlainTerms = {
  readonly fast: number;
  readonly slow: number;
  readonly range: number;
  readonly warmUp: number;
  readonly stopRanges: number;
  readonly targetRanges: number;
  readonly makerFee: number;
  readonly takerFee: number;
  readonly cash: number;
  readonly risk: number;
  readonly notional: number;
  /** Prices are whole numbers; quantities are whole parts of this many to one. */
  readonly lotsToOne: number;
};

export type PlainResult = { readonly trades: number; readonly equity: Float64Array };

/**
 * The moving average cross as a loop over typed arrays and nothing else: long on a cross above, by
 * an order at market at the next open, with a stop and a target; the same trades as the engine's.
 * A level that the entry has passed already ends the trade at once, at market.
 */
export function plainCross(bars: Columns, terms: PlainTerms): PlainResult {
  const { open, high, low, close } = bars;
  const { fast, slow, range, warmUp, makerFee, takerFee } = terms;
  const rows = close.length;
  const equity = new Float64Array(rows);
  let [cash, trades] = [terms.cash, 0];
  let [held, paid, stop, target] = [0, 0, 0, 0];
  let [wanted, leaving] = [0, false];
  let [fastSum, slowSum, rangeSum, atr, before] = [0, 0, 0, NaN, NaN];
  for (let row = 0; row < rows; row += 1) {
    const first = open[row] ?? NaN;
    const top = high[row] ?? NaN;
    const bottom = low[row] ?? NaN;
    const last = close[row] ?? NaN;
    let out = 0;
    let fee = takerFee;
    if (held > 0) {
      if (first <= stop || leaving) out = first;
      if (first >= target && first > stop) {
        out = target;
        fee = makerFee;
      }
    } else if (wanted > 0) {
      held = wanted;
      paid = first;
      cash -= held * first * takerFee;
      wanted = 0;
      if (first <= stop || first >= target) out = first;
    }
    if (held > 0 && out === 0) {
      if (bottom <= stop) out = stop;
      else if (top >= target) {
        out = target;
        fee = makerFee;
      }
    }
    if (out > 0) {
      cash += held * (out - paid) - held * out * fee;
      held = 0;
      leaving = false;
      trades += 1;
    }
    fastSum += last - (row >= fast ? (close[row - fast] ?? NaN) : 0);
    slowSum += last - (row >= slow ? (close[row - slow] ?? NaN) : 0);
    if (row > 0) {
      const gone = close[row - 1] ?? NaN;
      const wide = Math.max(top, gone) - Math.min(bottom, gone);
      if (row <= range) {
        rangeSum += wide;
        if (row === range) atr = rangeSum / range;
      } else atr += (wide - atr) / range;
    }
    const gap = row >= slow - 1 ? fastSum / fast - slowSum / slow : NaN;
    if (row >= warmUp && row < rows - 1) {
      if (before <= 0 && gap > 0 && held === 0 && wanted === 0) {
        stop = Math.floor(last - terms.stopRanges * atr);
        target = Math.floor(last + terms.targetRanges * atr);
        wanted = quantityFor(cash, last, stop, terms);
      } else if (before >= 0 && gap < 0 && held > 0) leaving = true;
    }
    before = gap;
    if (row === rows - 1 && held > 0) {
      cash += held * (last - paid) - held * last * takerFee;
      held = 0;
      trades += 1;
    }
    equity[row] = cash + held * (last - paid);
  }
  return { trades, equity };
}

function quantityFor(cash: number, price: number, stop: number, terms: PlainTerms): number {
  const byRisk = (cash * terms.risk) / (price - stop);
  const byNotional = (cash * terms.notional) / price;
  return Math.floor(Math.min(byRisk, byNotional) * terms.lotsToOne) / terms.lotsToOne;
}
