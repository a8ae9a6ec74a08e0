import {
  barsBetween,
  coverageOf,
  type CoverageRow,
  type Database,
  type GapRow,
  loadGaps,
} from '@ballast/db';
import {
  type Bar,
  barCloseTime,
  barOpenTime,
  expectedMinutes,
  expectedOpenTimes,
  type Instrument,
  type Timeframe,
  TIMEFRAME_MS,
  TIMEFRAMES,
  type WideTimeframe,
} from '@ballast/domain';

/** Every timeframe has a bar within it. */
const LOOK_AHEAD_MS = 2 * TIMEFRAME_MS['1w'];
/** What has ended by then is asked of: the rest may still be made. */
const PATIENCE_MS = 60_000;

type Kept = {
  readonly timeframe: Timeframe;
  readonly session: Instrument['session'];
  readonly coverage: CoverageRow;
  readonly gaps: readonly GapRow[];
  readonly stored: ReadonlyMap<number, Bar>;
};
/** What is known at the end; minutes before `keptFrom` were let go of. */
type End = { readonly now: number; readonly keptFrom: number };

const at = (openTime: number): string => new Date(openTime).toISOString().slice(0, 16);

/** Where what is stored of an instrument and what is told of it differ; empty where all is well. */
export async function coverageFaults(
  db: Database,
  { id, session }: Instrument,
  end: End,
): Promise<string[]> {
  const faults: string[] = [];
  const range = { from: 0, to: end.now };
  const minutes = await barsBetween(db, id, '1m', range);
  const opens = Float64Array.from(minutes, ({ openTime }) => openTime);
  for (const timeframe of TIMEFRAMES) {
    const coverage = await coverageOf(db, id, timeframe);
    if (coverage === null) {
      faults.push(`${timeframe} was never looked at`);
      continue;
    }
    const gaps = await loadGaps(db, { instrument: id, timeframe, ...range });
    const bars = await barsBetween(db, id, timeframe, range);
    const stored = new Map(bars.map((bar) => [bar.openTime, bar]));
    const kept = { timeframe, session, coverage, gaps, stored };
    const wide = timeframe === '1m' ? [] : wideFaults(kept, timeframe, opens, end);
    const found = [...rowFaults(kept, end), ...countFaults(kept), ...wide];
    faults.push(...found.map((fault) => `${timeframe} ${fault}`));
  }
  return faults;
}

/** Each expected bar is stored, or stands in one row, which has ended. */
function rowFaults({ timeframe, session, coverage, gaps, stored }: Kept, end: End): string[] {
  const { fromTime: from, checkedUntil: to } = coverage;
  return expectedOpenTimes(timeframe, session, { from, to }).flatMap((openTime) => {
    const rows = gaps.filter((gap) => gap.fromTime <= openTime && openTime <= gap.toTime);
    const [row] = rows;
    const isOpen = row?.outcome === null && !isWithoutMinutes(timeframe, session, row, end);
    const isStored = stored.has(openTime);
    return [
      ...(rows.length > 1 ? [`${at(openTime)} stands in ${rows.length} rows`] : []),
      ...(isStored && row !== undefined && row.outcome !== 'unwanted'
        ? [`${at(openTime)} is stored and ${row.outcome ?? 'open'}`]
        : []),
      ...(isStored || row !== undefined ? [] : [`${at(openTime)} is missing without a row`]),
      ...(!isStored && isOpen ? [`${at(openTime)} is open at the end`] : []),
    ];
  });
}

/** Its minutes are kept no longer: nobody asks for them, so nobody can say how they ended. */
function isWithoutMinutes(
  timeframe: Timeframe,
  session: Instrument['session'],
  { toTime }: GapRow,
  { keptFrom }: End,
): boolean {
  const close = barCloseTime(timeframe, session, toTime) ?? toTime;
  return timeframe !== '1m' && close <= keptFrom;
}

/** A row counts the bars that it stands for. */
function countFaults({ timeframe, session, gaps }: Kept): string[] {
  return gaps.flatMap(({ fromTime: from, toTime, bars, outcome }) => {
    const expected = expectedOpenTimes(timeframe, session, { from, to: toTime + LOOK_AHEAD_MS });
    const count = expected.filter((openTime) => openTime <= toTime).length;
    if (outcome === 'unwanted' || count === bars) return [];
    return [`${at(from)} to ${at(toTime)} counts ${bars} of ${count}`];
  });
}

/** A wide bar is there for every minute that is stored, and says how many it is made without. */
function wideFaults(
  { session, stored }: Kept,
  timeframe: WideTimeframe,
  minutes: Float64Array,
  { now, keptFrom }: End,
): string[] {
  const held = new Map<number, number>();
  for (const minute of minutes) {
    const openTime = barOpenTime(timeframe, session, minute);
    held.set(openTime, (held.get(openTime) ?? 0) + 1);
  }
  const until = now - PATIENCE_MS;
  const unmade = [...held.keys()].filter((openTime) => {
    const [ended] = expectedOpenTimes(timeframe, session, { from: openTime, to: until });
    return openTime >= keptFrom && ended === openTime && !stored.has(openTime);
  });
  const miscounted = [...stored.values()].flatMap(({ openTime, missing }) => {
    const without = expectedMinutes(timeframe, session, openTime) - (held.get(openTime) ?? 0);
    if (openTime < keptFrom || missing === without) return [];
    return [`${at(openTime)} says ${missing} minutes missing of ${without}`];
  });
  return [...unmade.map((openTime) => `${at(openTime)} was not made`), ...miscounted];
}
