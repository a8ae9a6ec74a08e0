import type { TradingSession } from '../instrument.ts';
import { DAY_MS } from '../sessions/civil-date.ts';
import { firstMoment, sessionDay, sessionOfDay } from '../sessions/session-hours.ts';

export const TIMEFRAMES = ['1m', '5m', '15m', '1h', '4h', '1d', '1w'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];
export type WideTimeframe = Exclude<Timeframe, '1m'>;

/** On the clock; a day and a week of a session have fewer hours of trading. */
export const TIMEFRAME_MS: Record<Timeframe, number> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': DAY_MS,
  '1w': 7 * DAY_MS,
};

const DAYS_PER_WEEK = 7;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY = 4;

/** From narrow to wide, for "is one of these". */
export function isTimeframe(text: string): text is Timeframe {
  return TIMEFRAMES.some((timeframe) => timeframe === text);
}

/**
 * Open time (epoch ms) of the bar that holds the moment `at`. Up to four hours on the UTC clock; a
 * day is the session's day and a week begins on its Monday, both named by 00:00 UTC of the date.
 */
export function barOpenTime(timeframe: Timeframe, session: TradingSession, at: number): number {
  if (timeframe === '1d') return sessionDay(session, at) * DAY_MS;
  if (timeframe === '1w') return mondayOf(sessionDay(session, at)) * DAY_MS;
  return at - (at % TIMEFRAME_MS[timeframe]);
}

/**
 * The first moment (epoch ms) that `barOpenTime` gives to a later bar than the one that opens at
 * `openTime`.
 */
export function barSpanEnd(
  timeframe: Timeframe,
  session: TradingSession,
  openTime: number,
): number {
  const end = openTime + TIMEFRAME_MS[timeframe];
  return timeframe === '1d' || timeframe === '1w' ? firstMoment(session, end) : end;
}

/**
 * The first moment (epoch ms) after the last trade that a bar can hold: where its session ends
 * earlier than the clock does, the session's end. Null when no trading falls into the bar.
 */
export function barCloseTime(
  timeframe: Timeframe,
  session: TradingSession,
  openTime: number,
): number | null {
  const end = openTime + TIMEFRAME_MS[timeframe];
  if (session === 'continuous') return end;
  const byDate = timeframe === '1d' || timeframe === '1w';
  // Files of other makers have days that open by New York's clock: their date tells the day.
  const first = byDate ? Math.floor(openTime / DAY_MS) : sessionDay(session, openTime);
  const last = byDate ? Math.floor(end / DAY_MS) - 1 : sessionDay(session, end - 1);
  for (let day = last; day >= first; day -= 1) {
    const hours = sessionOfDay(session, day);
    if (hours === null) continue;
    if (byDate) return hours.close;
    if (hours.open < end && hours.close > openTime) return Math.min(hours.close, end);
  }
  return null;
}

function mondayOf(day: number): number {
  const sinceMonday = (((day - FIRST_MONDAY) % DAYS_PER_WEEK) + DAYS_PER_WEEK) % DAYS_PER_WEEK;
  return day - sinceMonday;
}
