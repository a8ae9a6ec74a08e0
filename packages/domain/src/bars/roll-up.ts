import type { TradingSession } from '../instrument.ts';
import { type BarColumns, emptyColumns, firstOf } from './bar-columns.ts';
import { fillFiveMinutes } from './five-minutes.ts';
import { createRollUpMemory, type RollUpMemory } from './roll-up-memory.ts';
import { barOpenTime, barSpanEnd, TIMEFRAME_MS, type WideTimeframe } from './timeframe.ts';

export type RolledUp = Readonly<Record<WideTimeframe, BarColumns>>;

/**
 * Bars of all wider timeframes from 1-minute bars that rise by time. Each is made from the one
 * before it, so that all together cost little more than the first. A wide bar holds the minutes
 * that are there; it lacks `expectedMinutes` less its `minutes`.
 * @param memory where the bars are put, for who rolls up one instrument after the other and is done
 * with each before the next
 */
export function rollUpAll(
  minutes: BarColumns,
  session: TradingSession,
  memory: RollUpMemory = createRollUpMemory(),
): RolledUp {
  const wider = (from: BarColumns, timeframe: WideTimeframe, of: TradingSession): BarColumns => {
    const into = memory.room(timeframe, barsAtMost(from, timeframe));
    return memory.first(timeframe, fill(from, timeframe, of, into));
  };
  const room = memory.room('5m', barsAtMost(minutes, '5m'));
  const m5 = memory.first('5m', fillFiveMinutes(minutes, room));
  const m15 = wider(m5, '15m', session);
  const h1 = wider(m15, '1h', session);
  const h4 = wider(h1, '4h', session);
  const d1 = wider(h4, '1d', session);
  // Days are known by their date, not by a moment of their session: weeks count dates.
  const w1 = wider(d1, '1w', 'continuous');
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
  const into = emptyColumns(barsAtMost(from, timeframe));
  return firstOf(into, fill(from, timeframe, session, into));
}

/** @returns how many bars there are */
function fill(
  from: BarColumns,
  timeframe: WideTimeframe,
  session: TradingSession,
  into: BarColumns,
): number {
  const { length, openTime, open, high, low, close, volume, tradeCount, minutes } = from;
  // What barOpenTime and barSpanEnd say of the clock, without asking for every bar.
  const byDate = timeframe === '1d' || timeframe === '1w';
  const step = TIMEFRAME_MS[timeframe];
  let bars = 0;
  let index = 0;
  let usual = 1;
  while (index < length) {
    const time = openTime[index] ?? 0;
    const start = byDate ? barOpenTime(timeframe, session, time) : Math.floor(time / step) * step;
    const end = byDate ? barSpanEnd(timeframe, session, start) : start + step;
    // As many as the bar before had, most of the time: then no narrow bar is asked for its time.
    let after = index + usual;
    const ends = after >= length || (openTime[after] ?? 0) >= end;
    if (after > length || !ends || (openTime[after - 1] ?? 0) >= end) {
      after = index + 1;
      while (after < length && (openTime[after] ?? 0) < end) after += 1;
      usual = after - index;
    }
    into.openTime[bars] = start;
    into.open[bars] = open[index] ?? 0;
    into.close[bars] = close[after - 1] ?? 0;
    // Sums of one wide bar live in locals: writing each narrow bar through is five times slower.
    let highest = high[index] ?? 0;
    let lowest = low[index] ?? 0;
    let traded = 0;
    let count = 0;
    let held = 0;
    for (; index < after; index += 1) {
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
    into.volume[bars] = traded;
    into.tradeCount[bars] = count;
    into.minutes[bars] = held;
    bars += 1;
  }
  return bars;
}

/** No more than there are narrow bars, and than fit into their stretch, a bar begun at each end. */
function barsAtMost({ length, openTime }: BarColumns, timeframe: WideTimeframe): number {
  if (length === 0) return 0;
  const stretch = (openTime[length - 1] ?? 0) - (openTime[0] ?? 0);
  return Math.min(length, Math.ceil(stretch / TIMEFRAME_MS[timeframe]) + 2);
}
