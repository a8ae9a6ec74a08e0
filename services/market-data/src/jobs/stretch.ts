import { barOpenTime, type Timeframe, TIMEFRAME_MS, type TradingSession } from '@ballast/domain';

/** Of one job: two years of minutes. More is asked for in parts. */
export const JOB_BARS_MAX = 1_100_000;

/** A session of hours has as many minutes in about four times the time. */
const TIME_OF_BARS = { continuous: 1, 'us-equity': 4 } as const;

/** A stretch (ms) of about as many minutes; of a session's days up to three times as many. */
export function timeOfBars(timeframe: Timeframe, session: TradingSession, bars: number): number {
  return bars * TIMEFRAME_MS[timeframe] * TIME_OF_BARS[session];
}

/** Open times, epoch ms: `from` included, `to` not. */
export type Stretch = { readonly from: number; readonly to: number };

/** By whole bars, and of bars that have ended by `now` alone. */
export function wholeStretch(timeframe: Timeframe, { from, to }: Stretch, now: number): Stretch {
  const floor = (at: number): number => barOpenTime(timeframe, 'continuous', at);
  const end = floor(to) === to ? to : floor(to) + TIMEFRAME_MS[timeframe];
  return { from: floor(from), to: Math.min(end, floor(now)) };
}
