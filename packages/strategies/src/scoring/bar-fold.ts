import {
  barCloseTime,
  barOpenTime,
  type Timeframe,
  TIMEFRAME_MS,
  type TradingSession,
} from '@ballast/domain';
import type { NumericBar } from '../numeric-bar.ts';

const MINUTE_MS = TIMEFRAME_MS['1m'];

/** Minutes of one instrument into its bars of a timeframe, as they end. */
export type BarFold = {
  /**
   * The next minute. Gives the bars that have ended with it or before it, the oldest first; one
   * whose first minutes were not heard is never given.
   */
  add(minute: NumericBar): readonly NumericBar[];
};

/**
 * @param wholeFrom bars that open from here on (epoch ms) are whole although their first minutes
 * may be missing: what came before the first minute was looked at
 */
export function foldBars(
  timeframe: Timeframe,
  session: TradingSession,
  wholeFrom: number = Number.POSITIVE_INFINITY,
): BarFold {
  let running: NumericBar | null = null;
  let isWhole = false;
  return {
    add(minute) {
      if (timeframe === '1m') return [minute];
      const ended: NumericBar[] = [];
      const openTime = barOpenTime(timeframe, session, minute.openTime);
      if (running !== null && running.openTime !== openTime) {
        if (isWhole) ended.push(running);
        isWhole = true;
        running = null;
      } else if (running === null) {
        isWhole ||= openTime >= wholeFrom || minute.openTime === openTime;
      }
      running = running === null ? { ...minute, openTime } : joined(running, minute);
      const closeTime = barCloseTime(timeframe, session, openTime) ?? Number.POSITIVE_INFINITY;
      if (minute.openTime + MINUTE_MS >= closeTime) {
        if (isWhole) ended.push(running);
        isWhole = true;
        running = null;
      }
      return ended;
    },
  };
}

function joined(bar: NumericBar, minute: NumericBar): NumericBar {
  return {
    ...{ openTime: bar.openTime, open: bar.open, close: minute.close },
    high: Math.max(bar.high, minute.high),
    low: Math.min(bar.low, minute.low),
    volume: bar.volume + minute.volume,
  };
}
