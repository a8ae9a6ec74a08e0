import { expectedOpenTimes, type Instrument, TIMEFRAME_MS } from '@ballast/domain';
import type { BarFold, NumericBar, ScoreBoard } from '@ballast/strategies';

const MINUTE_MS = TIMEFRAME_MS['1m'];
/** Past this a hole is one, whatever the session's calendar says. */
const BREAK_MAX_MS = 10 * TIMEFRAME_MS['1d'];

/** A board that the instrument is on, its place there, and what makes the board's bars. */
export type Placed = { readonly board: ScoreBoard; readonly place: number; fold: BarFold };

/** One instrument on the boards of all strategies that look at it, fed with its minutes. */
export type ScoredInstrument = {
  readonly instrument: Instrument;
  readonly placed: readonly Placed[];
  /** What was known lately beside the bars, as in KNOWN. */
  known: Float64Array;
  /** Open time of the newest minute; null until it was begun from the stored bars. */
  last: number | null;
  /** The newest minute that could not be taken since it did not follow; newer ones replace it. */
  waiting: NumericBar | null;
  /** Not to be begun anew before this moment, epoch ms. */
  notBefore: number;
};

/** `taken`: stepped. `old`: seen already. `hole`: minutes are missing before it. */
export function takeMinute(one: ScoredInstrument, minute: NumericBar): 'taken' | 'old' | 'hole' {
  const { last, instrument } = one;
  if (last !== null && minute.openTime <= last) return 'old';
  if (last === null || !follows(instrument, last, minute.openTime)) return 'hole';
  for (const { board, place, fold } of one.placed) {
    for (const bar of fold.add(minute)) board.stepBar(place, bar, one.known);
  }
  one.last = minute.openTime;
  return 'taken';
}

/** Whether a session has no minute between the two. */
export function follows(
  { session }: Pick<Instrument, 'session'>,
  last: number,
  next: number,
): boolean {
  const expected = last + MINUTE_MS;
  if (next === expected) return true;
  if (session === 'continuous' || next - expected > BREAK_MAX_MS) return false;
  return expectedOpenTimes('1m', session, { from: expected, to: next }).length === 0;
}
