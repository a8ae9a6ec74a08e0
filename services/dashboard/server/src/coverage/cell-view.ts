import type { GridCell } from '@ballast/domain';

/** The last look at a cell may lag the clock by this much: bars are due half a minute late. */
export const LOOK_LATE_MS = 120_000;
const DAY_MS = 86_400_000;
/** Of the expected bars; more than one in so many missing is red. */
const MANY_IS_ONE_IN = 100;

/** `none`: no bar is due, so there is nothing to judge. */
export type CellColour = 'green' | 'amber' | 'red' | 'none';

/** Why a cell has its colour; the worst of what is true of it. */
export type CellReason =
  | 'WHOLE'
  | 'NONE_DUE'
  /** The venue has confirmed that some minutes had no trade. */
  | 'EMPTY_CONFIRMED'
  /** Who was asked for some minutes hears a part of the market only, and has none. */
  | 'UNHEARD'
  | 'LOOK_LATE'
  | 'SOME_MISSING'
  | 'MANY_MISSING'
  | 'MISSING_LATELY'
  | 'NEVER_LOOKED_AT';

/** Bars of one instrument and timeframe in a window, counted; epoch ms. */
export type CellView = {
  readonly colour: CellColour;
  readonly reason: CellReason;
  readonly expected: number;
  readonly missing: number;
  readonly empty: number;
  readonly unheard: number;
  readonly unseen: number;
  /** Null when it was never looked at. */
  readonly checkedUntil: number | null;
};

/** @param cell undefined when nobody looks for these bars */
export function cellView(cell: GridCell | undefined, now: number): CellView {
  const reason = reasonOf(cell, now);
  const { expected = 0, missing = 0, empty = 0, unheard = 0, unseen = 0 } = cell ?? {};
  const counts = { expected, missing, empty, unheard, unseen };
  return { colour: COLOURS[reason], reason, ...counts, checkedUntil: cell?.checkedUntil ?? null };
}

const COLOURS: Record<CellReason, CellColour> = {
  WHOLE: 'green',
  NONE_DUE: 'none',
  EMPTY_CONFIRMED: 'amber',
  UNHEARD: 'amber',
  LOOK_LATE: 'amber',
  SOME_MISSING: 'amber',
  MANY_MISSING: 'red',
  MISSING_LATELY: 'red',
  NEVER_LOOKED_AT: 'red',
};

function reasonOf(cell: GridCell | undefined, now: number): CellReason {
  if (cell === undefined) return 'NEVER_LOOKED_AT';
  const { expected, missing, empty, unheard, unseen, lastMissingEnd } = cell;
  if (lastMissingEnd !== null && lastMissingEnd > now - DAY_MS) return 'MISSING_LATELY';
  if (missing * MANY_IS_ONE_IN > expected) return 'MANY_MISSING';
  if (expected === 0 && unseen > 0) return 'NEVER_LOOKED_AT';
  if (missing > 0) return 'SOME_MISSING';
  if (unseen > 0) return 'LOOK_LATE';
  if (unheard > 0) return 'UNHEARD';
  if (empty > 0) return 'EMPTY_CONFIRMED';
  return expected === 0 ? 'NONE_DUE' : 'WHOLE';
}
