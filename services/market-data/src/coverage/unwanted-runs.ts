import {
  coverageOf,
  type Database,
  type GapRow,
  loadGaps,
  newestUnwanted,
  passOver,
} from '@ballast/db';
import {
  barCloseTime,
  barOpenTime,
  countOpenTimes,
  type GapRange,
  type Instrument,
  type Timeframe,
  TIMEFRAME_MS,
} from '@ballast/domain';

/** Others that are at the same bars meanwhile. */
const TURNS_MAX = 100;

type Tracked = Pick<Instrument, 'id' | 'session'>;
type Span = { readonly timeframe: Timeframe; readonly from: number; readonly until: number };

/**
 * Bars that are wanted are those of the stretches that were asked for; what lies between two of
 * them is a run of `bar_gaps` that has ended as `unwanted`. So one row says from when to when an
 * instrument was looked at, and these what of that is nobody's loss.
 *
 * Makes the time between what was looked at and a stretch unwanted, before it or after it; the
 * stretch is wanted once its part is taken out, see `unwantedPart`.
 * @param from open time of the stretch's first bar, where it may begin before what was looked at
 * @param until what had ended by the stretch's begin
 */
export async function leaveUnwanted(
  db: Database,
  { id: instrument, session }: Tracked,
  pass: Omit<Span, 'from'> & { readonly from?: number; readonly now: number },
): Promise<void> {
  const { timeframe, from = Number.POSITIVE_INFINITY, until, now } = pass;
  const of = { instrument, timeframe };
  // Two jobs of one instrument may be at it: each goes on from where the other has come to.
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const known = await coverageOf(db, instrument, timeframe);
    if (known === null) return;
    const { fromTime, checkedUntil } = known;
    if (from < fromTime) {
      // Of what was let go of since, some may stand in rows: nothing stands in two.
      const rows = await loadGaps(db, { ...of, from, to: fromTime - 1 });
      const unwanted = besides(rows, timeframe, session, { from, to: fromTime });
      const bounds = { end: 'fromTime', was: fromTime, becomes: from } as const;
      await passOver(db, of, { ...bounds, unwanted, now });
    } else if (until > checkedUntil) {
      const begin = firstAfter(timeframe, session, checkedUntil);
      const end = firstAfter(timeframe, session, until);
      const unwanted = runsOf(timeframe, session, begin, end);
      const bounds = { end: 'checkedUntil', was: checkedUntil, becomes: until } as const;
      await passOver(db, of, { ...bounds, unwanted, now });
    } else {
      return;
    }
  }
}

/** The part of an unwanted run that a stretch asks for: opens from `from` to before `end`. */
export type UnwantedPart = { readonly run: GapRow; readonly from: number; readonly end: number };

/** The newest of them, or null where the stretch asks for none. */
export async function unwantedPart(
  db: Database,
  { id: instrument, session }: Tracked,
  { timeframe, from, until }: Span,
): Promise<UnwantedPart | null> {
  const end = firstAfter(timeframe, session, until);
  const run = await newestUnwanted(db, { instrument, timeframe, from, to: end - 1 });
  if (run === null) return null;
  return {
    run,
    from: Math.max(from, run.fromTime),
    end: Math.min(end, run.toTime + TIMEFRAME_MS[timeframe]),
  };
}

/** What is left of a run without its bars that open from `from` to before `end`. */
export function restOfRun(
  { fromTime, toTime, timeframe }: GapRow,
  session: Instrument['session'],
  { from, end }: { readonly from: number; readonly end: number },
): GapRange[] {
  const of = timeframe as Timeframe;
  return [
    ...runsOf(of, session, fromTime, from),
    ...runsOf(of, session, end, toTime + TIMEFRAME_MS[of]),
  ];
}

/** The runs between some rows, which rise. */
function besides(
  rows: readonly GapRow[],
  timeframe: Timeframe,
  session: Instrument['session'],
  { from, to }: { readonly from: number; readonly to: number },
): GapRange[] {
  const runs: GapRange[] = [];
  let begin = from;
  for (const { fromTime, toTime } of rows) {
    runs.push(...runsOf(timeframe, session, begin, fromTime));
    begin = Math.max(begin, toTime + TIMEFRAME_MS[timeframe]);
  }
  return [...runs, ...runsOf(timeframe, session, begin, to)];
}

/** Bars that open from `from` to before `to` as one run, or none. */
function runsOf(
  timeframe: Timeframe,
  session: Instrument['session'],
  from: number,
  to: number,
): GapRange[] {
  if (from >= to) return [];
  const bars = countOpenTimes(timeframe, session, { from, to });
  return bars === 0 ? [] : [{ from, to: barOpenTime(timeframe, session, to - 1), bars }];
}

/** Every bar that had ended by `until` opens before this, and no other one does. */
export function firstAfter(
  timeframe: Timeframe,
  session: Instrument['session'],
  until: number,
): number {
  const last = barOpenTime(timeframe, session, until);
  const ends = barCloseTime(timeframe, session, last);
  return ends !== null && ends <= until ? ends : last;
}
