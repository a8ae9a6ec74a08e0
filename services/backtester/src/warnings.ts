import { holesIn, type Series } from '@ballast/backtest-core';
import { TIMEFRAME_MS } from '@ballast/domain';
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
  return [...widths, ...holes, ...series.flatMap(besideFiner)];
}

/** A bar without finer ones within it is decided by its stop first, as if none were given. */
function besideFiner({ instrument, timeframe, bars, finer }: Series): readonly string[] {
  if (finer === undefined) return [];
  const width = TIMEFRAME_MS[timeframe];
  let [without, row] = [0, 0];
  for (const time of bars.openTime) {
    while ((finer.openTime[row] ?? Infinity) < time) row += 1;
    if ((finer.openTime[row] ?? Infinity) >= time + width) without += 1;
  }
  if (without === 0) return [];
  return [
    `${instrument.id}: no finer bar says what came first in ${without} of ${bars.openTime.length} bars`,
  ];
}

const isoOf = (time: number): string => new Date(time).toISOString();
