import { type BacktestResult, returnsOf, runBacktest, type Series } from '@ballast/backtest-core';
import { InvalidInput, toNumber } from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import type { Trial } from './trial.ts';

const DAY_MS = 86_400_000;

/** Bars that open in [from, to), epoch ms at the begin of a day (UTC). */
export type Span = { readonly from: number; readonly to: number };

/** A series before any parameters. */
export type BarsOfTrial = Omit<Series, 'model'>;

/** What a run needs of a trial, wherever its bars came from. */
export type Prepared = Pick<Trial, 'strategy' | 'options'> & {
  readonly series: readonly BarsOfTrial[];
};

export type SpanRun = {
  readonly result: BacktestResult;
  /** Of each day of the span on which any bar opens, traded or not. */
  readonly returns: Float64Array;
  /** Instruments with too few bars in the span and before it for this strategy to be asked. */
  readonly leftOut: readonly string[];
};

/**
 * A run of its own over a part of a trial's bars: it begins with the whole cash, is asked from the
 * span's first bar on, having seen as many bars before it as it warms up on where there are so
 * many, and what is held at the span's end is closed there.
 * @throws InvalidInput BARS_TOO_FEW where that leaves no instrument; as the strategy's parameters
 */
export function runInSpan(
  { strategy, series, options }: Prepared,
  parameters: Readonly<Record<string, unknown>>,
  span: Span,
): SpanRun {
  const model = strategy.model(parameters);
  const cut = series.map((one) => ({ ...inSpan(one, model.warmUp, span), model }));
  const isLong = ({ bars }: Series): boolean => bars.openTime.length > model.warmUp;
  const kept = cut.filter(isLong);
  if (kept.length === 0) {
    const most = Math.max(...cut.map(({ bars }) => bars.openTime.length));
    const detail = `${most} bars to ${dateOf(span.to)}, and ${model.warmUp} are seen before the first word`;
    throw new InvalidInput('BARS_TOO_FEW', detail);
  }
  const result = runBacktest(kept, options);
  const equity = equityOn(daysIn(series, span), result, toNumber(options.cash.amount));
  const leftOut = cut.filter((one) => !isLong(one)).map(({ instrument }) => instrument.id);
  return { result, returns: returnsOf(equity), leftOut };
}

/** The begin of each day (UTC) in the span on which any of these has a bar, rising. */
export function daysIn(all: readonly Pick<Series, 'bars'>[], span: Span): Float64Array {
  const days = new Set<number>();
  for (const { bars } of all) {
    const to = rowAt(bars, span.to);
    for (let row = rowAt(bars, span.from); row < to; row += 1) {
      const time = bars.openTime[row] ?? 0;
      days.add(time - (time % DAY_MS));
    }
  }
  return Float64Array.from(days).sort();
}

/** At the end of each day, the cash of the begin in front; without a bar as the day before. */
function equityOn(
  days: Float64Array,
  { equity }: Pick<BacktestResult, 'equity'>,
  cash: number,
): Float64Array {
  const values = new Float64Array(days.length + 1).fill(cash);
  let row = 0;
  for (const [at, day] of days.entries()) {
    let value = values[at] ?? cash;
    for (; (equity.time[row] ?? Infinity) < day + DAY_MS; row += 1)
      value = equity.value[row] ?? NaN;
    values[at + 1] = value;
  }
  return values;
}

function inSpan(series: BarsOfTrial, warmUp: number, { from, to }: Span): BarsOfTrial {
  const { bars, finer, ...rest } = series;
  const first = Math.max(0, rowAt(bars, from) - warmUp);
  const cut = rowsOf(bars, first, rowAt(bars, to));
  if (finer === undefined) return { ...rest, bars: cut };
  const begin = cut.openTime[0] ?? to;
  const within = rowsOf(finer, rowAt(finer, begin), rowAt(finer, to));
  // As for a single bar of which there are none.
  return within.openTime.length === 0
    ? { ...rest, bars: cut }
    : { ...rest, bars: cut, finer: within };
}

function rowsOf(bars: Columns, from: number, to: number): Columns {
  const part = (column: Float64Array): Float64Array => column.subarray(from, to);
  return {
    ...{ openTime: part(bars.openTime), open: part(bars.open), high: part(bars.high) },
    ...{ low: part(bars.low), close: part(bars.close), volume: part(bars.volume) },
  };
}

/** The first row that opens at `time` or later. */
function rowAt({ openTime }: Columns, time: number): number {
  let [low, high] = [0, openTime.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((openTime[middle] ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
