import type { TradingSession } from '../instrument.ts';
import {
  type BarCount,
  barCounter,
  type CoverageCell,
  coverageCell,
  type CoverageGap,
  type CoverageWindow,
} from './coverage.ts';
import { isTimeframe, type Timeframe } from './timeframe.ts';

type Named = { readonly instrument: string; readonly timeframe: string };

/** As it is stored: what was looked for, from when on, and how far the looks have come. */
export type StoredTrack = Named & { readonly fromTime: number; readonly checkedUntil: number };

/** As it is stored: not ended, or ended without its bars, which `outcome` says. */
export type StoredGap = Named & {
  readonly fromTime: number;
  readonly toTime: number;
  readonly outcome: string | null;
};

export type GridCell = CoverageCell & {
  readonly instrument: string;
  readonly timeframe: Timeframe;
  /** How far the looks have come (epoch ms), also past the window. */
  readonly checkedUntil: number;
  /** Not of the expected: ended since the last look, and by the time that they were due. */
  readonly unseen: number;
};

export type CoverageGrid = {
  readonly cells: readonly GridCell[];
  /** "instrument timeframe" of stored tracks whose session or timeframe nobody knows any more. */
  readonly unknown: readonly string[];
};

/**
 * The coverage of everything that is looked at, in the order of `tracks`.
 * @param sessions of the instruments that are listed
 * @param window `dueBy`: what has ended later may be looked for later; its end when not told
 */
export function coverageGrid(
  tracks: readonly StoredTrack[],
  gaps: readonly StoredGap[],
  sessions: ReadonlyMap<string, TradingSession>,
  window: CoverageWindow & { readonly dueBy?: number },
): CoverageGrid {
  const gapsOf = Map.groupBy(gaps, nameOf);
  const begin = Math.max(window.from, Math.min(...tracks.map(({ fromTime }) => fromTime)));
  const counters = new Map<string, BarCount>();
  const cells: GridCell[] = [];
  const unknown: string[] = [];
  for (const { instrument, timeframe, fromTime, checkedUntil } of tracks) {
    const name = nameOf({ instrument, timeframe });
    const session = sessions.get(instrument);
    if (session === undefined || !isTimeframe(timeframe)) {
      unknown.push(name);
      continue;
    }
    // One for all of a kind: to go through the bars for each cell would take seconds.
    const kind = `${session} ${timeframe}`;
    const within = { from: begin, to: window.to };
    const count = counters.get(kind) ?? barCounter(timeframe, session, within);
    counters.set(kind, count);
    const own = (gapsOf.get(name) ?? []).map(asGap);
    const cell = coverageCell({ timeframe, session, fromTime, checkedUntil }, own, window, count);
    const unseen = count(cell.until, window.dueBy ?? window.to);
    cells.push({ instrument, timeframe, checkedUntil, unseen, ...cell });
  }
  return { cells, unknown };
}

const nameOf = ({ instrument, timeframe }: Named): string => `${instrument} ${timeframe}`;

const ENDS = ['empty', 'unheard', 'unwanted'] as const;

function asGap({ fromTime, toTime, outcome }: StoredGap): CoverageGap {
  return { fromTime, toTime, kind: ENDS.find((end) => end === outcome) ?? 'missing' };
}
