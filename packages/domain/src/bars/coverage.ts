import type { TradingSession } from '../instrument.ts';
import { expectedOpenTimes } from './expected-bars.ts';
import { barCloseTime, type Timeframe } from './timeframe.ts';

/** An instrument's bars of one timeframe, looked for from `fromTime` to `checkedUntil` (epoch ms). */
export type CoverageTrack = {
  readonly timeframe: Timeframe;
  readonly session: TradingSession;
  readonly fromTime: number;
  readonly checkedUntil: number;
};

/**
 * A run of bars that are not there. `empty`: the venue has none either; `unheard`: who was asked has
 * none, and hears a part of the market only; `unwanted`: nobody has asked for them.
 */
export type CoverageGap = {
  readonly fromTime: number;
  readonly toTime: number;
  readonly kind: 'missing' | 'empty' | 'unheard' | 'unwanted';
};

export type CoverageWindow = { readonly from: number; readonly to: number };

export type CoverageCell = {
  /** Where the part of the window that was looked at begins and ends; equal when there is none. */
  readonly from: number;
  readonly until: number;
  readonly expected: number;
  readonly missing: number;
  /** Of the expected: nothing was traded then. */
  readonly empty: number;
  /** Of the expected: whether anything was traded then is not known. */
  readonly unheard: number;
  /** When the newest of the missing should have ended, also before the window; null without any. */
  readonly lastMissingEnd: number | null;
};

/** How many bars open at `begin` or later and have ended by `end` (epoch ms). */
export type BarCount = (begin: number, end: number) => number;

/**
 * Counts bars inside a window, each time without going through them again.
 * @throws InvalidInput SESSION_UNKNOWN where the session's hours are not known
 */
export function barCounter(
  timeframe: Timeframe,
  session: TradingSession,
  window: CoverageWindow,
): BarCount {
  const opens = expectedOpenTimes(timeframe, session, window);
  const closes = opens.map((openTime) => barCloseTime(timeframe, session, openTime) ?? openTime);
  return (begin, end) => Math.max(0, countBelow(closes, end + 1) - countBelow(opens, begin));
}

/**
 * How much of what a window should hold is there.
 * @param counter counts the track's bars, at least those of the window that were looked at
 */
export function coverageCell(
  track: CoverageTrack,
  gaps: readonly CoverageGap[],
  window: CoverageWindow,
  counter?: BarCount,
): CoverageCell {
  const { timeframe, session } = track;
  const from = Math.max(track.fromTime, window.from);
  const until = Math.max(from, Math.min(track.checkedUntil, window.to));
  const count = counter ?? barCounter(timeframe, session, { from, to: until });
  const bars = { missing: 0, empty: 0, unheard: 0, unwanted: 0 };
  let lastMissingEnd: number | null = null;
  for (const gap of gaps) {
    const end = barCloseTime(timeframe, session, gap.toTime) ?? gap.toTime;
    bars[gap.kind] += count(Math.max(gap.fromTime, from), Math.min(end, until));
    if (gap.kind === 'missing') lastMissingEnd = Math.max(lastMissingEnd ?? end, end);
  }
  const { unwanted, ...counted } = bars;
  return { from, until, expected: count(from, until) - unwanted, ...counted, lastMissingEnd };
}

/**
 * What is there of what should be, percent with two places, rounded down: only a whole share is
 * 100. Null when nothing is due.
 */
export function coverageShare(cell: Pick<CoverageCell, 'expected' | 'missing'>): string | null {
  const { expected, missing } = cell;
  if (expected === 0) return null;
  if (missing === 0) return '100';
  return (Math.floor(((expected - missing) * 10_000) / expected) / 100).toFixed(2);
}

/** How many of the rising numbers are below `limit`. */
function countBelow(rising: readonly number[], limit: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
