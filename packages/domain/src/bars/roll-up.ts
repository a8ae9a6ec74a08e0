import type { TradingSession } from '../instrument.ts';
import { type BarColumns, emptyColumns, firstOf } from './bar-columns.ts';
import { barOpenTime, barSpanEnd, type Timeframe, TIMEFRAME_MS } from './timeframe.ts';

export type WideTimeframe = Exclude<Timeframe, '1m'>;
export type RolledUp = Readonly<Record<WideTimeframe, BarColumns>>;

/**
 * Bars of all wider timeframes from 1-minute bars that rise by time. Each is made from the one
 * before it, so that all together cost little more than the first. A wide bar holds the minutes
 * that are there; it lacks `expectedMinutes` less its `minutes`.
 */
export function rollUpAll(minutes: BarColumns, session: TradingSession): RolledUp {
  const m5 = rollUp(minutes, '5m', session);
  const m15 = rollUp(m5, '15m', session);
  const h1 = rollUp(m15, '1h', session);
  const h4 = rollUp(h1, '4h', session);
  const d1 = rollUp(h4, '1d', session);
  // Days are known by their date, not by a moment of their session: weeks count dates.
  const w1 = rollUp(d1, '1w', 'continuous');
  return { '5m': m5, '15m': m15, '1h': h1, '4h': h4, '1d': d1, '1w': w1 };
}

/**
 * Bars of one wider timeframe from bars of a narrower one below a day, or of weeks from days with
 * session `continuous`. `from` rises by time.
 */
export function rollUp(
  from: BarColumns,
  timeframe: WideTimeframe,
  session: TradingSession,
): BarColumns {
  const { length, openTime, open, high, low, close, volume, tradeCount, minutes } = from;
  const into = emptyColumns(barsAtMost(from, timeframe));
  // What barOpenTime and barSpanEnd say of the clock, without asking for every bar.
  const byDate = timeframe === '1d' || timeframe === '1w';
  const step = TIMEFRAME_MS[timeframe];
  let bars = 0;
  let index = 0;
  while (index < length) {
    const time = openTime[index] ?? 0;
    const start = byDate ? barOpenTime(timeframe, session, time) : Math.floor(time / step) * step;
    const end = byDate ? barSpanEnd(timeframe, session, start) : start + step;
    into.openTime[bars] = start;
    into.open[bars] = open[index] ?? 0;
    // Sums of one wide bar live in locals: writing each narrow bar through is five times slower.
    let highest = high[index] ?? 0;
    let lowest = low[index] ?? 0;
    let traded = 0;
    let count = 0;
    let held = 0;
    for (; index < length && (openTime[index] ?? 0) < end; index += 1) {
      const top = high[index] ?? 0;
      const bottom = low[index] ?? 0;
      if (top > highest) highest = top;
      if (bottom < lowest) lowest = bottom;
      traded += volume[index] ?? 0;
      count += tradeCount[index] ?? 0;
      held += minutes[index] ?? 0;
    }
    into.high[bars] = highest;
    into.low[bars] = lowest;
    into.close[bars] = close[index - 1] ?? 0;
    into.volume[bars] = traded;
    into.tradeCount[bars] = count;
    into.minutes[bars] = held;
    bars += 1;
  }
  return firstOf(into, bars);
}

/** No more than there are narrow bars, and than fit into their stretch, a bar begun at each end. */
function barsAtMost({ length, openTime }: BarColumns, timeframe: WideTimeframe): number {
  if (length === 0) return 0;
  const stretch = (openTime[length - 1] ?? 0) - (openTime[0] ?? 0);
  return Math.min(length, Math.ceil(stretch / TIMEFRAME_MS[timeframe]) + 2);
}
