import type { TradingSession } from '../instrument.ts';
import { isSessionOpen, nextOpening } from '../sessions/session-hours.ts';
import { isTradedBar } from './expected-bars.ts';
import { barCloseTime, barOpenTime, type Timeframe, TIMEFRAME_MS } from './timeframe.ts';

/**
 * When what is decided on a bar is sent, epoch ms: at its close. Of bars of a day and longer, which
 * close with the session, at the next opening.
 */
export function decisionTime(
  timeframe: Timeframe,
  session: TradingSession,
  openTime: number,
): number {
  const close = barCloseTime(timeframe, session, openTime) ?? openTime + TIMEFRAME_MS[timeframe];
  const byDate = timeframe === '1d' || timeframe === '1w';
  return byDate && !isSessionOpen(session, close) ? nextOpening(session, close) : close;
}

/** Open time of the newest bar whose decision time has come at `now`; epoch ms. */
export function newestDecidable(
  timeframe: Timeframe,
  session: TradingSession,
  now: number,
): number {
  let at = barOpenTime(timeframe, session, now);
  while (!isTradedBar(timeframe, session, at) || decisionTime(timeframe, session, at) > now) {
    at -= TIMEFRAME_MS[timeframe];
  }
  return at;
}
