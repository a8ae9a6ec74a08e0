import {
  type BarRange,
  coverageOf,
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
  expectedOpenTimes,
  findGaps,
  type GapRange,
  type Instrument,
  type Timeframe,
  TIMEFRAME_MS,
} from '@ballast/domain';

type Tracked = Pick<Instrument, 'id' | 'session'>;
/** Longest gap of wide bars that is looked into minute by minute: five weeks. */
const MINUTES_MAX = 50_400;
/** Bars looked at in one go: a year of hours, or three weeks of minutes. */
const BARS_PER_LOOK = 30_000;

/**
 * Looks for bars that had ended by `until` and are not stored, from where the last look ended, and
 * writes what is missing as gaps.
 * @param from open time of the first bar that is wanted, for an instrument not looked at before
 * @returns how many bars are missing that were not known to be
 */
export async function lookForGaps(
  db: Database,
  { id: instrument, session }: Tracked,
  look: { timeframe: Timeframe; from: number; until: number; now: number },
): Promise<number> {
  const { timeframe, until, now } = look;
  const known = await coverageOf(db, instrument, timeframe);
  const checked = known?.checkedUntil ?? Number.NEGATIVE_INFINITY;
  const begin = known === null ? look.from : barOpenTime(timeframe, session, checked);
  const expected = expectedOpenTimes(timeframe, session, { from: begin, to: until }).filter(
    (openTime) => (barCloseTime(timeframe, session, openTime) ?? 0) > checked,
  );
  const fromTime = known?.fromTime ?? look.from;
  // Known to be wanted from now on, though nothing has ended yet.
  if (known === null && expected.length === 0) {
    const gaps: readonly GapRange[] = [];
    await recordLook(db, { instrument, timeframe, fromTime, checkedUntil: fromTime, gaps, now });
  }
  let missing = 0;
  for (let start = 0; start < expected.length; start += BARS_PER_LOOK) {
    const part = expected.slice(start, start + BARS_PER_LOOK);
    const last = part.at(-1) ?? begin;
    const gaps = await missingOf(
      db,
      { instrument, timeframe, from: part[0] ?? begin, to: last },
      part,
    );
    const checkedUntil = barCloseTime(timeframe, session, last) ?? until;
    await recordLook(db, { instrument, timeframe, fromTime, checkedUntil, gaps, now });
    missing += gaps.reduce((sum, { bars }) => sum + bars, 0);
  }
  return missing;
}

/**
 * Looks again at the gaps of a stretch after bars were brought. A wide bar is empty when each of
 * its
 * minutes is: nobody has anything to make it of.
 * @param confirmed the venue was asked for the stretch: what it does not have either is empty
 * @returns the gaps of which bars have come, by the open times of their first and last bar
 */
export async function lookAgain(
  db: Database,
  { id: instrument, session }: Tracked,
  again: { timeframe: Timeframe; from: number; to: number; confirmed: boolean; now: number },
): Promise<{ readonly from: number; readonly to: number }[]> {
  const { timeframe, from, to, confirmed, now } = again;
  const come: { from: number; to: number }[] = [];
  const gaps = await loadGaps(db, { instrument, timeframe, from, to });
  for (const gap of gaps.filter(({ endedAt }) => endedAt === null)) {
    const whole = gap.fromTime >= from && gap.toTime <= to;
    const rest = await stillMissing(db, gap, session);
    const same = rest.length === 1 && rest[0]?.bars === gap.bars;
    const empty = rest.length > 0 && ((confirmed && whole) || (await isUntraded(db, gap, session)));
    if (same && !empty) continue;
    await endGap(db, gap, { rest, empty: empty && same, now });
    if (!same) come.push({ from: gap.fromTime, to: gap.toTime });
    if (empty && !same) come.push(...(await lookAgain(db, { id: instrument, session }, again)));
  }
  return come;
}

/** Whether each minute that the wide bars of a gap are made of is known to be empty. */
async function isUntraded(
  db: Database,
  { instrument, timeframe, fromTime, toTime }: GapRow,
  session: Instrument['session'],
): Promise<boolean> {
  if (timeframe === '1m') return false;
  const to = barCloseTime(timeframe as Timeframe, session, toTime) ?? toTime;
  if (to - fromTime > MINUTES_MAX * TIMEFRAME_MS['1m']) return false;
  const range = { from: fromTime, to };
  const gaps = await loadGaps(db, { instrument, timeframe: '1m', ...range });
  const empty = gaps.filter(({ outcome }) => outcome === 'empty');
  return expectedOpenTimes('1m', session, range).every((minute) =>
    empty.some((gap) => gap.fromTime <= minute && minute <= gap.toTime),
  );
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
