import type { TradingSession } from '../instrument.ts';
import { DAY_MS } from '../sessions/civil-date.ts';
import { firstMoment, isSessionOpen, sessionDay, sessionOfDay } from '../sessions/session-hours.ts';
import {
  barCloseTime,
  barOpenTime,
  barSpanEnd,
  type Timeframe,
  TIMEFRAME_MS,
} from './timeframe.ts';

const MINUTE_MS = TIMEFRAME_MS['1m'];

/**
 * Open times (epoch ms, rising) of the bars that a session makes from `from` on and that have ended
 * by `to`: what must be there when nothing is missing.
 * @throws InvalidInput SESSION_UNKNOWN where the session's hours are not known
 */
export function expectedOpenTimes(
  timeframe: Timeframe,
  session: TradingSession,
  { from, to }: { readonly from: number; readonly to: number },
): number[] {
  const times: number[] = [];
  const firstDay = sessionDay(session, from);
  const lastDay = sessionDay(session, to);
  for (let day = firstDay; day <= lastDay; day += 1) {
    const hours = sessionOfDay(session, day);
    if (hours === null) continue;
    for (const openTime of openTimesOfDay(timeframe, session, day, hours)) {
      if (openTime < from || openTime === times.at(-1)) continue;
      const closeTime = barCloseTime(timeframe, session, openTime);
      if (closeTime !== null && closeTime <= to) times.push(openTime);
    }
  }
  return times;
}

/** Open times (epoch ms, rising) of the bars that open from `from` to before `to`. */
export function openTimesWithin(
  timeframe: Timeframe,
  session: TradingSession,
  { from, to }: { readonly from: number; readonly to: number },
): number[] {
  // A bar belongs to where it opens, wherever it ends.
  const reach = { from, to: to + TIMEFRAME_MS[timeframe] };
  return expectedOpenTimes(timeframe, session, reach).filter((openTime) => openTime < to);
}

/**
 * How many bars open from `from` to before `to` (epoch ms): day by day, for ten years of minutes
 * that were counted one by one keep a process from all else for half a second.
 * @throws InvalidInput SESSION_UNKNOWN where the session's hours are not known
 */
export function countOpenTimes(
  timeframe: Timeframe,
  session: TradingSession,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const step = TIMEFRAME_MS[timeframe];
  if (from >= to) return 0;
  if (session === 'continuous') return Math.round((to - from) / step);
  if (timeframe === '1d' || timeframe === '1w') {
    return openTimesWithin(timeframe, session, { from, to }).length;
  }
  let bars = 0;
  for (let day = sessionDay(session, from); day <= sessionDay(session, to); day += 1) {
    const hours = sessionOfDay(session, day);
    if (hours === null) continue;
    const first = hours.open - (hours.open % step);
    const before = (moment: number): number => Math.max(0, Math.ceil((moment - first) / step));
    bars += Math.max(0, before(Math.min(hours.close, to)) - before(from));
  }
  return bars;
}

function* openTimesOfDay(
  timeframe: Timeframe,
  session: TradingSession,
  day: number,
  hours: { readonly open: number; readonly close: number },
): Generator<number> {
  if (timeframe === '1d') yield day * DAY_MS;
  else if (timeframe === '1w') yield barOpenTime('1w', session, hours.open);
  else {
    const step = TIMEFRAME_MS[timeframe];
    for (let at = hours.open - (hours.open % step); at < hours.close; at += step) yield at;
  }
}

/**
 * Minutes of trading in the bar that opens at `openTime`: as many 1-minute bars make it whole.
 * @throws InvalidInput SESSION_UNKNOWN where the session's hours are not known
 */
export function expectedMinutes(
  timeframe: Timeframe,
  session: TradingSession,
  openTime: number,
): number {
  if (session === 'continuous') return TIMEFRAME_MS[timeframe] / MINUTE_MS;
  const end = barSpanEnd(timeframe, session, openTime);
  const byDate = timeframe === '1d' || timeframe === '1w';
  const begin = byDate ? firstMoment(session, openTime) : openTime;
  let minutes = 0;
  for (let day = sessionDay(session, begin); day <= sessionDay(session, end - 1); day += 1) {
    const hours = sessionOfDay(session, day);
    if (hours === null) continue;
    minutes += Math.max(0, Math.min(hours.close, end) - Math.max(hours.open, begin)) / MINUTE_MS;
  }
  return minutes;
}

/** Whether trading falls into the bar that opens at `openTime` (epoch ms). */
export function isTradedBar(
  timeframe: Timeframe,
  session: TradingSession,
  openTime: number,
): boolean {
  if (session === 'continuous') return true;
  return timeframe === '1m'
    ? isSessionOpen(session, openTime)
    : barCloseTime(timeframe, session, openTime) !== null;
}

/** Open time (epoch ms) of the bar after the one that opens at `openTime`, when none is missing. */
export function nextOpenTime(
  timeframe: Timeframe,
  session: TradingSession,
  openTime: number,
): number {
  const step = TIMEFRAME_MS[timeframe];
  let next = openTime + step;
  while (!isTradedBar(timeframe, session, next)) next += step;
  return next;
}
