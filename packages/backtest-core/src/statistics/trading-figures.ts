import { checkBetween, checkSample, finite, refuse, type Sample, valueAt } from './sample.ts';

export type TradeFigures = {
  readonly count: number;
  /** Shares of all trades; one that ends at exactly 0 is neither. */
  readonly winShare: number;
  readonly lossShare: number;
  /** Mean of the winning trades, 0 without one. */
  readonly averageWin: number;
  /** Mean of the losing trades, 0 or below. */
  readonly averageLoss: number;
  /** Mean of all trades: what one more is worth. */
  readonly expectancy: number;
};

/** A stretch during which a position was open, [from, to) in any unit of time. */
export type Stretch = { readonly from: number; readonly to: number };

/**
 * What the profits of closed trades (money or returns, after all costs) say.
 * @throws SAMPLE_TOO_SHORT (none), SAMPLE_NOT_FINITE
 */
export function tradeFigures(profits: Sample): TradeFigures {
  checkSample(profits, 'profits');
  const { won, lost, wins, losses } = split(profits);
  const count = profits.length;
  return {
    count,
    winShare: wins / count,
    lossShare: losses / count,
    averageWin: wins === 0 ? 0 : won / wins,
    averageLoss: losses === 0 ? 0 : lost / losses,
    expectancy: (won + lost) / count,
  };
}

/**
 * Sum of what was won over the sum of what was lost.
 * @throws NO_LOSS where nothing was lost; as `tradeFigures`
 */
export function profitFactor(profits: Sample): number {
  checkSample(profits, 'profits');
  const { won, lost } = split(profits);
  if (lost === 0) refuse('NO_LOSS', `none of ${profits.length} profits is below 0`);
  return finite(won / -lost, 'profit factor');
}

/**
 * Share of `span` in which any position was open; stretches that overlap count once, and what
 * lies outside of the span not at all.
 * @throws SAMPLE_NOT_FINITE, PARAMETER_OUT_OF_RANGE for a span or a stretch that ends too early
 */
export function exposureTime(stretches: readonly Stretch[], span: Stretch): number {
  checkBetween(span.to - span.from, 'length of the span', 0);
  for (const { from, to } of stretches) {
    checkSample([from, to], 'stretch');
    if (to < from) refuse('PARAMETER_OUT_OF_RANGE', `a stretch from ${from} ends at ${to}`);
  }
  let covered = 0;
  let reached = span.from;
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const start = Math.max(from, reached);
    const end = Math.min(to, span.to);
    if (end > start) covered += end - start;
    reached = Math.max(reached, end);
  }
  return finite(covered / (span.to - span.from), 'exposure time');
}

/**
 * How often a year the capital is turned over: half of all that was traded (a round trip of the
 * whole capital is 1) over mean equity, over years. A fund reports the smaller of purchases and
 * sales instead of half of both.
 *
 * @param traded notional of each fill, 0 or above
 * @throws SAMPLE_TOO_SHORT, SAMPLE_NOT_FINITE, EQUITY_NOT_POSITIVE, PARAMETER_OUT_OF_RANGE
 */
export function turnover(traded: Sample, equity: Sample, years: number): number {
  checkSample(traded, 'traded', 0);
  checkSample(equity, 'equity');
  checkBetween(years, 'years', 0);
  let notional = 0;
  for (let at = 0; at < traded.length; at++) {
    const value = valueAt(traded, at);
    if (value < 0) refuse('PARAMETER_OUT_OF_RANGE', `traded[${at}] is ${value}, below 0`);
    notional += value;
  }
  let sum = 0;
  for (let at = 0; at < equity.length; at++) sum += valueAt(equity, at);
  if (sum <= 0) refuse('EQUITY_NOT_POSITIVE', 'mean equity is not above 0');
  return finite(notional / 2 / (sum / equity.length) / years, 'turnover');
}

function split(profits: Sample) {
  let [won, lost, wins, losses] = [0, 0, 0, 0];
  for (let at = 0; at < profits.length; at++) {
    const profit = valueAt(profits, at);
    if (profit > 0) {
      won += profit;
      wins++;
    } else if (profit < 0) {
      lost += profit;
      losses++;
    }
  }
  return { won: finite(won, 'sum won'), lost: finite(lost, 'sum lost'), wins, losses };
}
