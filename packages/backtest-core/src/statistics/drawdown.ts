import { checkReturns, finite, type Sample, valueAt } from './sample.ts';

/** A stretch below a peak. Places are indices of returns. */
export type DrawdownSpell = {
  /** The first return that leaves equity below the peak. */
  readonly from: number;
  /** Where it is deepest; the first of equals. */
  readonly trough: number;
  /** The return that reaches the peak again; null while it has not. */
  readonly recovered: number | null;
  /** At the trough, below 0. */
  readonly depth: number;
  /** Returns from the first below the peak to the recovery, or to the end of the series. */
  readonly length: number;
};

/**
 * Drawdown after each return, 0 or below: equity / highest equity so far - 1. The capital at the
 * start is the first peak, so a series that begins with a loss is under water at once.
 * @throws SAMPLE_TOO_SHORT (none), SAMPLE_NOT_FINITE, RETURN_BELOW_TOTAL_LOSS
 */
export function drawdowns(returns: Sample): Float64Array {
  checkReturns(returns);
  const series = new Float64Array(returns.length);
  let equity = 1;
  let peak = 1;
  for (let at = 0; at < returns.length; at++) {
    equity = finite(equity * (1 + valueAt(returns, at)), `equity after return ${at}`);
    peak = Math.max(peak, equity);
    series[at] = equity / peak - 1;
  }
  return series;
}

/** The deepest drawdown, 0 or below. @throws as `drawdowns` */
export function maximumDrawdown(returns: Sample): number {
  return drawdowns(returns).reduce((deepest, value) => Math.min(deepest, value), 0);
}

/** Every stretch under water, in order. @throws as `drawdowns` */
export function drawdownSpells(returns: Sample): DrawdownSpell[] {
  const series = drawdowns(returns);
  const spells: DrawdownSpell[] = [];
  for (let at = 0; at < series.length; at++) {
    if (valueAt(series, at) === 0) continue;
    const spell = spellFrom(series, at);
    spells.push(spell);
    at = spell.recovered ?? series.length;
  }
  return spells;
}

function spellFrom(series: Float64Array, from: number): DrawdownSpell {
  let trough = from;
  let at = from;
  for (; at < series.length && valueAt(series, at) < 0; at++) {
    if (valueAt(series, at) < valueAt(series, trough)) trough = at;
  }
  const isOpen = at === series.length;
  return {
    from,
    trough,
    recovered: isOpen ? null : at,
    depth: valueAt(series, trough),
    length: isOpen ? at - from : at - from + 1,
  };
}
