import { type BacktestResult, holesIn, type Series } from '@ballast/backtest-core';
import { TIMEFRAME_MS, toNumber } from '@ballast/domain';
import { BRAKE_DRAWDOWN } from '@ballast/order-core';
import { knownWarnings } from './known-warnings.ts';
import type { Trial } from './trial.ts';

/** What makes a result say less than it seems to: bars of another width or that are missing. */
export function warningsOf(trial: Trial): readonly string[] {
  const { strategy, timeframe, series } = trial;
  const widths =
    timeframe === strategy.timeframe
      ? []
      : [`${strategy.name} is made for bars of ${strategy.timeframe}; these are of ${timeframe}`];
  const holes = series.flatMap(({ instrument, bars }) =>
    holesIn(instrument, timeframe, bars).map(
      ({ from, to, bars: count }) =>
        `${instrument.id}: ${count} bars are missing from ${isoOf(from)} to ${isoOf(to)}, ` +
        'after which the strategy begins anew',
    ),
  );
  return [...widths, ...holes, ...series.flatMap(besideFiner), ...knownWarnings(trial)];
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

/**
 * That live the brake would have ended it: a test over stored bars has none, since nobody knows
 * when an operator would have released it.
 * @param cash with which it begins: the first peak
 */
export function brakeWarning(
  { time, value }: BacktestResult['equity'],
  cash: number,
): readonly string[] {
  const share = toNumber(BRAKE_DRAWDOWN);
  let peak = cash;
  for (const [row, equity] of value.entries()) {
    peak = Math.max(peak, equity);
    if (peak - equity < share * peak) continue;
    const when = isoOf(time[row] ?? NaN);
    const [now, highest] = [equity.toFixed(2), peak.toFixed(2)];
    const fall = `the equity is ${now} of a peak of ${highest} in the bar of ${when}`;
    return [`${fall}: live the brake ends all trades there and takes no entry, here it went on`];
  }
  return [];
}

const isoOf = (time: number): string => new Date(time).toISOString();
