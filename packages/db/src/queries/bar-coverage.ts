import { type GapRange, isTimeframe, type Timeframe } from '@ballast/domain';
import { and, asc, between, eq, gte, inArray, isNull, lte, ne, or, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { barCoverage, barGaps } from '../tables/coverage.ts';
import { bars } from '../tables/market-data.ts';
import { addGaps, newGap } from './gap-rows.ts';

/** Bars of one instrument and timeframe, by open times (epoch ms); `to` is included. */
export type BarRange = {
  readonly instrument: string;
  readonly timeframe: Timeframe;
  readonly from: number;
  readonly to: number;
};

export type CoverageRow = typeof barCoverage.$inferSelect;
export type GapRow = typeof barGaps.$inferSelect;

const within = ({ instrument, timeframe, from, to }: BarRange) =>
  and(
    eq(bars.instrument, instrument),
    eq(bars.timeframe, timeframe),
    between(bars.openTime, from, to),
  );

/** Open times of the stored bars, rising. */
export async function storedOpenTimes(db: Database, range: BarRange): Promise<Float64Array> {
  const rows = await db
    .select({ times: sql<string[] | null>`array_agg(${bars.openTime} ORDER BY ${bars.openTime})` })
    .from(bars)
    .where(within(range));
  return Float64Array.from(rows[0]?.times ?? [], Number);
}

export async function loadCoverage(db: Database): Promise<CoverageRow[]> {
  return db
    .select()
    .from(barCoverage)
    .orderBy(asc(barCoverage.instrument), asc(barCoverage.timeframe));
}

/** How far one instrument and timeframe were looked at; null when they never were. */
export async function coverageOf(
  db: Database,
  instrument: string,
  timeframe: Timeframe,
): Promise<CoverageRow | null> {
  const rows = await db
    .select()
    .from(barCoverage)
    .where(and(eq(barCoverage.instrument, instrument), eq(barCoverage.timeframe, timeframe)));
  return rows[0] ?? null;
}

/** How a gap may end without its bars. */
const WITHOUT_BARS = ['empty', 'unheard', 'unwanted'];

/** Gaps in a range of time that have not ended, or have ended without their bars. */
export async function loadGaps(
  db: Database,
  { from, to, instrument, timeframe }: { from: number; to: number } & Partial<BarRange>,
): Promise<GapRow[]> {
  return db
    .select()
    .from(barGaps)
    .where(
      and(
        lte(barGaps.fromTime, to),
        gte(barGaps.toTime, from),
        or(isNull(barGaps.endedAt), inArray(barGaps.outcome, WITHOUT_BARS)),
        instrument === undefined ? undefined : eq(barGaps.instrument, instrument),
        timeframe === undefined ? undefined : eq(barGaps.timeframe, timeframe),
      ),
    )
    .orderBy(asc(barGaps.instrument), asc(barGaps.timeframe), asc(barGaps.fromTime));
}

export type MissingTotals = {
  readonly timeframes: readonly {
    readonly timeframe: Timeframe;
    readonly missing: number;
    readonly overdue: number;
  }[];
  readonly instruments: number;
  readonly since: number | null;
};

const OPEN_GAPS = `
  SELECT timeframe, sum(bars)::float8 AS missing,
    coalesce(sum(bars) FILTER (WHERE found_at <= $2), 0)::float8 AS overdue,
    coalesce(array_agg(DISTINCT instrument) FILTER (WHERE found_at <= $2), '{}') AS instruments,
    (min(found_at) FILTER (WHERE found_at <= $2))::float8 AS since
  FROM bar_gaps
  WHERE ended_at IS NULL AND instrument = ANY($1::text[]) AND to_time >= $3
  GROUP BY timeframe`;

/**
 * How many bars are missing of some instruments, by timeframe; timeframes that lack none are left
 * out. `overdue` are those found by `foundUntil` or before; gaps that end before `from` do not
 * count. Epoch ms.
 */
export async function missingTotals(
  db: Database,
  asked: {
    readonly instruments: readonly string[];
    readonly foundUntil: number;
    readonly from: number;
  },
): Promise<MissingTotals> {
  type Row = {
    readonly timeframe: string;
    readonly missing: number;
    readonly overdue: number;
    readonly instruments: readonly string[];
    readonly since: number | null;
  };
  const values = [asked.instruments, asked.foundUntil, asked.from];
  const { rows } = await db.pool.query<Row>(prepared(OPEN_GAPS, values));
  const since = rows.flatMap((row) => row.since ?? []);
  return {
    timeframes: rows.flatMap(({ timeframe, missing, overdue }) =>
      isTimeframe(timeframe) ? [{ timeframe, missing, overdue }] : [],
    ),
    instruments: new Set(rows.flatMap((row) => row.instruments)).size,
    since: since.length === 0 ? null : Math.min(...since),
  };
}

/**
 * Bars are wanted from `fromTime` on (open time), and none was looked for yet. Nothing where some
 * were looked for already: whoever comes second goes on from there.
 */
export async function beginCoverage(
  db: Database,
  { fromTime, ...of }: Pick<CoverageRow, 'instrument' | 'timeframe' | 'fromTime'>,
): Promise<void> {
  const begun = { ...of, fromTime, checkedUntil: fromTime };
  await db.insert(barCoverage).values(begun).onConflictDoNothing();
}

/**
 * Writes what a look at a stretch of bars has found, and how far it went, in one transaction: a
 * stretch counts as looked at only together with its gaps.
 * @returns false where others have looked since `was`, and then nothing is written
 */
export async function recordLook(
  db: Database,
  look: {
    readonly instrument: string;
    readonly timeframe: Timeframe;
    /** Of the first bar that is wanted; where `was` is given, only of what is not known yet. */
    readonly fromTime: number;
    /** How far was looked when this look began; left out: wherever that was. */
    readonly was?: number;
    readonly checkedUntil: number;
    readonly gaps: readonly GapRange[];
    readonly now: number;
  },
): Promise<boolean> {
  const { instrument, timeframe, fromTime, was, checkedUntil, gaps, now } = look;
  const earlier = sql`least(${barCoverage.fromTime}, excluded.from_time)`;
  return db.transaction(async (tx) => {
    const looked = await tx
      .insert(barCoverage)
      .values({ instrument, timeframe, fromTime, checkedUntil })
      .onConflictDoUpdate({
        target: [barCoverage.instrument, barCoverage.timeframe],
        set: {
          // A look that began somewhere leaves to others what is wanted: bars may be gone since.
          fromTime: was === undefined ? earlier : barCoverage.fromTime,
          checkedUntil: sql`greatest(${barCoverage.checkedUntil}, excluded.checked_until)`,
        },
        ...(was === undefined ? {} : { setWhere: eq(barCoverage.checkedUntil, was) }),
      })
      .returning({ instrument: barCoverage.instrument });
    if (looked.length === 0) return false;
    await addGaps(
      tx,
      gaps.map((gap) => newGap({ instrument, timeframe }, gap, now)),
    );
    return true;
  });
}

/**
 * Ends a gap, or one anew that had ended without its bars; what is still missing of it stands in
 * rows of its own from now on, which have ended as it had.
 */
export async function endGap(
  db: Database,
  gap: Pick<GapRow, 'id' | 'instrument' | 'timeframe' | 'outcome' | 'source'>,
  end: {
    readonly rest: readonly GapRange[];
    /** It has ended without its bars: how, and who was asked. */
    readonly without?: { readonly outcome: 'empty' | 'unheard'; readonly source: string | null };
    readonly now: number;
  },
): Promise<void> {
  const { rest, without, now } = end;
  const outcome = without?.outcome ?? (rest.length > 0 ? 'shrunk' : 'filled');
  const had =
    gap.outcome === null ? {} : { endedAt: now, outcome: gap.outcome, source: gap.source };
  await db.transaction(async (tx) => {
    const ended = await tx
      .update(barGaps)
      .set({ endedAt: now, outcome, source: without?.source ?? null })
      .where(
        and(
          eq(barGaps.id, gap.id),
          gap.outcome === null
            ? isNull(barGaps.endedAt)
            : and(eq(barGaps.outcome, gap.outcome), ne(barGaps.outcome, outcome)),
        ),
      )
      .returning({ id: barGaps.id });
    if (ended.length === 0 || outcome !== 'shrunk') return;
    await addGaps(
      tx,
      rest.map((one) => ({ ...newGap(gap, one, now), ...had })),
    );
  });
}
