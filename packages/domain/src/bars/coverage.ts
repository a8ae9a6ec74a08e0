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

/** A run of bars that were not there; `isEmpty`: the venue has none either. */
export type CoverageGap = {
  readonly fromTime: number;
  readonly toTime: number;
  readonly isEmpty: boolean;
};

export type CoverageCell = {
  /** Where the part of the window that was looked at begins and ends; equal when there is none. */
  readonly from: number;
  readonly until: number;
  readonly expected: number;
  readonly missing: number;
  /** Of the expected: nothing was traded then. */
  readonly empty: number;
};

/** How much of what a window (epoch ms) should hold is there. */
export function coverageCell(
  track: CoverageTrack,
  gaps: readonly CoverageGap[],
  window: { readonly from: number; readonly to: number },
): CoverageCell {
  const { timeframe, session } = track;
  const from = Math.max(track.fromTime, window.from);
  const until = Math.max(from, Math.min(track.checkedUntil, window.to));
  const count = (begin: number, end: number): number =>
    end <= begin ? 0 : expectedOpenTimes(timeframe, session, { from: begin, to: end }).length;
  let missing = 0;
  let empty = 0;
  for (const gap of gaps) {
    const end = barCloseTime(timeframe, session, gap.toTime) ?? gap.toTime;
    const bars = count(Math.max(gap.fromTime, from), Math.min(end, until));
    if (gap.isEmpty) empty += bars;
    else missing += bars;
  }
  return { from, until, expected: count(from, until), missing, empty };
}
