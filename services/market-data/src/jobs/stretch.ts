import {
  barOpenTime,
  expectedOpenTimes,
  type Timeframe,
  TIMEFRAME_MS,
  type TradingSession,
} from '@ballast/domain';

/** Of one job: two years of minutes. More is asked for in parts. */
export const JOB_BARS_MAX = 1_100_000;
const WINDOW_MS = 53 * TIMEFRAME_MS['1w'];

/** Open times, epoch ms: `from` included, `to` not. */
export type Stretch = { readonly from: number; readonly to: number };

/** By whole bars, and of bars that have ended by `now` alone. */
export function wholeStretch(timeframe: Timeframe, { from, to }: Stretch, now: number): Stretch {
  const floor = (at: number): number => barOpenTime(timeframe, 'continuous', at);
  const end = floor(to) === to ? to : floor(to) + TIMEFRAME_MS[timeframe];
  return { from: floor(from), to: Math.min(end, floor(now)) };
}

/** How many bars the session makes in a whole stretch; stops counting above `JOB_BARS_MAX`. */
export function barsOfStretch(
  timeframe: Timeframe,
  session: TradingSession,
  { from, to }: Stretch,
): number {
  const step = TIMEFRAME_MS[timeframe];
  if (session === 'continuous') return Math.max(0, Math.round((to - from) / step));
  let bars = 0;
  for (let begin = from; begin < to && bars <= JOB_BARS_MAX; begin += WINDOW_MS) {
    const end = Math.min(to, begin + WINDOW_MS);
    // A bar belongs to where it opens, wherever it ends.
    const reach = { from: begin, to: end + TIMEFRAME_MS['1w'] };
    const opens = expectedOpenTimes(timeframe, session, reach);
    bars += opens.filter((openTime) => openTime < end).length;
  }
  return bars;
}
