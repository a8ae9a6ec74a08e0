import type { TradingSession } from '../instrument.ts';
import { type BarColumns, emptyColumns, firstOf } from './bar-columns.ts';
import { barOpenTime, barSpanEnd, type Timeframe } from './timeframe.ts';

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
  const into = emptyColumns(from.length);
  let last = -1;
  let end = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < from.length; index += 1) {
    const time = from.openTime[index] ?? 0;
    const high = from.high[index] ?? 0;
    const low = from.low[index] ?? 0;
    if (time >= end) {
      last += 1;
      const start = barOpenTime(timeframe, session, time);
      end = barSpanEnd(timeframe, session, start);
      into.openTime[last] = start;
      into.open[last] = from.open[index] ?? 0;
      into.high[last] = high;
      into.low[last] = low;
    } else {
      if (high > (into.high[last] ?? 0)) into.high[last] = high;
      if (low < (into.low[last] ?? 0)) into.low[last] = low;
    }
    into.close[last] = from.close[index] ?? 0;
    into.volume[last] = (into.volume[last] ?? 0) + (from.volume[index] ?? 0);
    into.tradeCount[last] = (into.tradeCount[last] ?? 0) + (from.tradeCount[index] ?? 0);
    into.minutes[last] = (into.minutes[last] ?? 0) + (from.minutes[index] ?? 0);
  }
  return firstOf(into, last + 1);
}
