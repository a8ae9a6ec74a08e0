import {
  expectedOpenTimes,
  InvalidInput,
  type Timeframe,
  TIMEFRAME_MS,
  type TradingSession,
} from '@ballast/domain';
import { BarSizeSetting } from '@stoqey/ib';

/** One request for history: the venue counts back from its end. */
export type HistoryWindow = {
  readonly from: number;
  readonly to: number;
  /** `20261120-21:00:00`, UTC. */
  readonly end: string;
  readonly duration: string;
};

export const BAR_SIZES: Partial<Record<Timeframe, BarSizeSetting>> = {
  '1m': BarSizeSetting.MINUTES_ONE,
  '5m': BarSizeSetting.MINUTES_FIVE,
  '15m': BarSizeSetting.MINUTES_FIFTEEN,
  '1d': BarSizeSetting.DAYS_ONE,
};
const DAY_MS = TIMEFRAME_MS['1d'];
/** Days of bars in one answer, below what the venue calls too much for a size. */
const DAYS: Partial<Record<Timeframe, number>> = { '1m': 1, '5m': 7, '15m': 14, '1d': 365 };
const DAYS_PER_WEEK = 7;

/**
 * The requests that cover `from` ≤ time < `to` (epoch ms), oldest first, without those in which the
 * session has no bar: the venue's budget is small.
 * @throws InvalidInput SESSION_UNKNOWN
 */
export function historyWindows(
  timeframe: Timeframe,
  session: TradingSession,
  from: number,
  to: number,
): HistoryWindow[] {
  const days = DAYS[timeframe];
  if (days === undefined) throw new InvalidInput('TIMEFRAME_NOT_OFFERED', timeframe);
  const windows: HistoryWindow[] = [];
  let start = from - (from % DAY_MS);
  while (start < to) {
    const stop = start + days * DAY_MS;
    const inside = { from: Math.max(start, from), to: stop };
    if (expectedOpenTimes(timeframe, session, inside).length > 0) {
      windows.push({
        from: inside.from,
        to: Math.min(stop, to),
        end: writtenTime(stop),
        duration: durationOf(days),
      });
    }
    start = stop;
  }
  return windows;
}

function durationOf(days: number): string {
  if (days === 1) return '86400 S';
  return days % DAYS_PER_WEEK === 0 ? `${days / DAYS_PER_WEEK} W` : '1 Y';
}

function writtenTime(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8)}`;
}
