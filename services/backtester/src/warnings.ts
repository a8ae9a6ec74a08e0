import { holesIn } from '@ballast/backtest-core';
import type { Trial } from './trial.ts';

/** What makes a result say less than it seems to: bars of another width or that are missing. */
export function warningsOf({ strategy, timeframe, series }: Trial): readonly string[] {
  const widths =
    timeframe === strategy.timeframe
      ? []
      : [`${strategy.name} is made for bars of ${strategy.timeframe}; these are of ${timeframe}`];
  const holes = series.flatMap(({ instrument, bars }) =>
    holesIn(instrument, timeframe, bars).map(
      ({ from, to, bars: count }) =>
        `${instrument.id}: ${count} bars are missing from ${isoOf(from)} to ${isoOf(to)}`,
    ),
  );
  return [...widths, ...holes];
}

const isoOf = (time: number): string => new Date(time).toISOString();
