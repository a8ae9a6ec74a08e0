import {
  type BarRange,
  beginCoverage,
  coverageOf,
  type CoverageRow,
  type Database,
  endGap,
  type GapRow,
  loadGaps,
  recordLook,
  storedOpenTimes,
} from '@ballast/db';
import {
  barCloseTime,
  barOpenTime,
  type DataSource,
  expectedOpenTimes,
  findGaps,
  type GapRange,
  type Instrument,
  openTimesWithin,
  type Timeframe,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { timeOfBars } from '../jobs/stretch.ts';
import { firstAfter, leaveUnwanted } from './unwanted-runs.ts';

type Tracked = Pick<Instrument, 'id' | 'session'>;
/** Longest gap of wide bars that is looked into minute by minute: five weeks. */
const MINUTES_MAX = 50_400;
/** Bars looked at in one go: three weeks of minutes; of a session's, a quarter of a year. */
const BARS_PER_LOOK = 30_000;
/** Others that look at the same bars meanwhile; whoever comes next goes on from there. */
const TURNS_MAX = 100;

/** Who was asked for all of a stretch: what is not stored of it now, it has not either. */
export type AskedSource = {
  readonly source: DataSource;
  /** Its bars hold what all of the market traded: without one nothing was. */
  readonly hearsAll: boolean;
};

/**
 * Looks for bars that had ended by `until` and are not stored, from where the last look ended, and
 * writes what is missing as gaps.
 * @param from open time of the first bar that is wanted, for an instrument not looked at before
 * @param reach open time: where the last look ended before it, what lies between is not wanted
 * @returns how many bars are missing that were not known to be
 */
export async function lookForGaps(
  db: Database,
  tracked: Tracked,
  look: { timeframe: Timeframe; from: number; until: number; reach?: number; now: number },
): Promise<number> {
  const { id: instrument } = tracked;
  const { timeframe, from, reach = Number.NEGATIVE_INFINITY, now } = look;
  if ((await coverageOf(db, instrument, timeframe)) === null) {
    await beginCoverage(db, { instrument, timeframe, fromTime: from });
  }
  let missing = 0;
  // A job may be at it too: each goes on from where the other has come to.
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const known = await coverageOf(db, instrument, timeframe);
    if (known === null) break;
    if (known.checkedUntil < reach) {
      await leaveUnwanted(db, tracked, { timeframe, until: reach, now });
      continue;
    }
    const { found, isWhole } = await lookOn(db, tracked, known, look);
    missing += found;
    if (isWhole) break;
  }
  return missing;
}

/** Goes on from what is known, until its end or until somebody else has come as far. */
async function lookOn(
  db: Database,
  { id: instrument, session }: Tracked,
  { fromTime, checkedUntil: checked }: CoverageRow,
  { timeframe, until, now }: { timeframe: Timeframe; until: number; now: number },
): Promise<{ readonly found: number; readonly isWhole: boolean }> {
  const begin = Math.max(fromTime, barOpenTime(timeframe, session, checked));
  const end = firstAfter(timeframe, session, until);
  const step = timeOfBars(timeframe, session, BARS_PER_LOOK);
  let found = 0;
  let was = checked;
  for (let from = begin; from < end; from += step) {
    const part = { from, to: Math.min(end, from + step) };
    const expected = openTimesWithin(timeframe, session, part).filter(
      (openTime) => (barCloseTime(timeframe, session, openTime) ?? 0) > checked,
    );
    const last = expected.at(-1);
    if (last === undefined) continue;
    const range = { instrument, timeframe, from, to: last };
    const gaps = await missingOf(db, range, expected);
    const checkedUntil = barCloseTime(timeframe, session, last) ?? until;
    const look = { instrument, timeframe, fromTime, was, checkedUntil, gaps, now };
    if (!(await recordLook(db, look))) return { found, isWhole: false };
    found += gaps.reduce((sum, { bars }) => sum + bars, 0);
    was = checkedUntil;
  }
  return { found, isWhole: true };
}

/**
 * Looks again at the gaps of a stretch after bars were brought. A wide bar is empty when each of
 * its minutes is: nobody has anything to make it of.
 * @param asked who was asked for the stretch; null: nobody
 * @param givenUp also at those that have ended without their bars: a file, or a later answer, has
 * brought what was not there then
 * @returns the gaps of which bars have come, by the open times of their first and last bar
 */
export async function lookAgain(
  db: Database,
  tracked: Tracked,
  again: {
    timeframe: Timeframe;
    from: number;
    to: number;
    asked: AskedSource | null;
    givenUp?: boolean;
    now: number;
  },
): Promise<{ readonly from: number; readonly to: number }[]> {
  const { id: instrument, session } = tracked;
  const { timeframe, from, to, asked, givenUp = false, now } = again;
  const come: { from: number; to: number }[] = [];
  let hasRest = false;
  const gaps = await loadGaps(db, { instrument, timeframe, from, to });
  for (const gap of gaps) {
    const { outcome } = gap;
    if (gap.endedAt !== null && !(givenUp && (outcome === 'empty' || outcome === 'unheard'))) {
      continue;
    }
    const whole = gap.fromTime >= from && gap.toTime <= to;
    const rest = await stillMissing(db, gap, session);
    const same = rest.length === 1 && rest[0]?.bars === gap.bars;
    const ofAsked = asked !== null && whole ? answerOf(asked) : null;
    const without =
      rest.length === 0 ? null : (ofAsked ?? (await withoutMinutes(db, gap, session)));
    // Who hears a part of the market takes back nothing of what who hears all of it has said.
    if (same && (without === null || outcome === 'empty' || without.outcome === outcome)) continue;
    await endGap(db, gap, { rest, now, ...(same && without !== null ? { without } : {}) });
    if (same) continue;
    come.push({ from: gap.fromTime, to: gap.toTime });
    // Of wide bars a part may have no minutes where the whole gap has some.
    hasRest ||= rest.length > 0;
  }
  // What is left of them stands in rows of its own: once for all, however many they are.
  return hasRest ? [...come, ...(await lookAgain(db, tracked, again))] : come;
}

type WithoutBars = { readonly outcome: 'empty' | 'unheard'; readonly source: string | null };

function answerOf({ source, hearsAll }: AskedSource): WithoutBars {
  return { outcome: hearsAll ? 'empty' : 'unheard', source };
}

/**
 * How the minutes of a gap of wide bars ended, where each has ended without its bar, or is one that
 * nobody asked for: of such alone nothing is known.
 */
async function withoutMinutes(
  db: Database,
  { instrument, timeframe, fromTime, toTime }: GapRow,
  session: Instrument['session'],
): Promise<WithoutBars | null> {
  if (timeframe === '1m') return null;
  const to = barCloseTime(timeframe as Timeframe, session, toTime) ?? toTime;
  if (to - fromTime > MINUTES_MAX * TIMEFRAME_MS['1m']) return null;
  const range = { from: fromTime, to };
  const begin = (await coverageOf(db, instrument, '1m'))?.fromTime ?? fromTime;
  const gaps = await loadGaps(db, { instrument, timeframe: '1m', ...range });
  const ended = gaps.filter(({ endedAt }) => endedAt !== null);
  const asked = ended.filter(({ outcome }) => outcome !== 'unwanted');
  const minutes = expectedOpenTimes('1m', session, range);
  const isIn = (rows: readonly GapRow[], minute: number): boolean =>
    rows.some((gap) => gap.fromTime <= minute && minute <= gap.toTime);
  if (asked.length === 0 || !minutes.every((at) => at < begin || isIn(ended, at))) return null;
  const unheard = asked.find(({ outcome }) => outcome === 'unheard');
  const { source = null } = unheard ?? asked[0] ?? {};
  const isEmpty = unheard === undefined && minutes.every((at) => isIn(asked, at));
  return { outcome: isEmpty ? 'empty' : 'unheard', source };
}

async function stillMissing(
  db: Database,
  gap: GapRow,
  session: Instrument['session'],
): Promise<readonly GapRange[]> {
  const timeframe = gap.timeframe as Timeframe;
  const end = barCloseTime(timeframe, session, gap.toTime) ?? gap.toTime;
  const expected = expectedOpenTimes(timeframe, session, { from: gap.fromTime, to: end });
  const { instrument, fromTime, toTime } = gap;
  return missingOf(db, { instrument, timeframe, from: fromTime, to: toTime }, expected);
}

async function missingOf(
  db: Database,
  range: BarRange,
  expected: readonly number[],
): Promise<readonly GapRange[]> {
  return findGaps(expected, await storedOpenTimes(db, range));
}
