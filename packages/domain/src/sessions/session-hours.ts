import { InvalidInput } from '../errors.ts';
import type { TradingSession } from '../instrument.ts';
import { dayNumber, DAY_MS } from './civil-date.ts';
import { NEW_YORK_STANDARD_MS, newYorkDay, newYorkOffsetMs } from './new-york-time.ts';
import { usEquityDay } from './us-equity-days.ts';

/** One stretch of regular trading, epoch ms; `close` is the first moment after it. */
export type SessionHours = { readonly open: number; readonly close: number };

const MINUTE_MS = 60_000;
const OPEN_MS = (9 * 60 + 30) * MINUTE_MS;
const CLOSE_MS = 16 * 60 * MINUTE_MS;
const EARLY_CLOSE_MS = 13 * 60 * MINUTE_MS;
const SINCE = dayNumber(1998, 1, 1);

/**
 * Regular hours of one day: the whole UTC day where trading is continuous; for US equities the day
 * of New York, or null when its exchanges stay closed.
 * @param dayOfEpoch days since 1970-01-01
 * @throws InvalidInput SESSION_UNKNOWN for US equities before 1998, whose rules were others
 */
export function sessionOfDay(session: TradingSession, dayOfEpoch: number): SessionHours | null {
  if (session === 'continuous') {
    return { open: dayOfEpoch * DAY_MS, close: (dayOfEpoch + 1) * DAY_MS };
  }
  if (dayOfEpoch < SINCE) {
    throw new InvalidInput('SESSION_UNKNOWN', 'hours of US equities are known from 1998 on');
  }
  const kind = usEquityDay(dayOfEpoch);
  if (kind === 'closed') return null;
  const midnight = dayOfEpoch * DAY_MS - newYorkOffsetMs(dayOfEpoch);
  const close = kind === 'early' ? EARLY_CLOSE_MS : CLOSE_MS;
  return { open: midnight + OPEN_MS, close: midnight + close };
}

/** The session's day (days since 1970-01-01) that `at` (epoch ms) belongs to. */
export function sessionDay(session: TradingSession, at: number): number {
  return session === 'continuous' ? Math.floor(at / DAY_MS) : newYorkDay(at);
}

/** The first moment (epoch ms) of the session's day of a date, which is given as its 00:00 UTC. */
export function firstMoment(session: TradingSession, date: number): number {
  return session === 'continuous' ? date : date - NEW_YORK_STANDARD_MS;
}

/** Whether regular trading goes on at `at` (epoch ms). */
export function isSessionOpen(session: TradingSession, at: number): boolean {
  const hours = sessionOfDay(session, sessionDay(session, at));
  return hours !== null && at >= hours.open && at < hours.close;
}

/** The first opening after `at` (epoch ms). */
export function nextOpening(session: TradingSession, at: number): number {
  for (let day = sessionDay(session, at); ; day += 1) {
    const hours = sessionOfDay(session, day);
    if (hours !== null && hours.open > at) return hours.open;
  }
}
