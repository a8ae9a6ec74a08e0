import type {
  InstrumentId,
  MicrostructureKind,
  MicrostructurePoint,
  MicrostructureSource,
} from '@ballast/domain';
import { and, desc, eq, lte } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { insertOf } from '../insert-rows.ts';
import { prepared } from '../prepared.ts';
import { microstructure } from '../tables/microstructure.ts';
import { ensurePartitions } from './month-partitions.ts';

/** One kind of value of one instrument. */
export type MicrostructureSeries = {
  readonly instrument: InstrumentId;
  readonly kind: MicrostructureKind;
};

/** A value, and since when it could be known; epoch ms. */
export type KnownPoint = MicrostructurePoint & {
  readonly knownAt: number;
  readonly source: MicrostructureSource;
};

/** Rows of one statement. */
const ROWS_MAX = 5_000;

// A point that is stored already is left alone while its value is the same. Another value is a
// revision: a row of its own, known when we received it, however old the point is.
const REVISIONS = `
  LEFT JOIN LATERAL (
    SELECT known_at, value FROM microstructure AS m
    WHERE m.instrument = r.instrument AND m.kind = r.kind AND m.at = r.at
    ORDER BY known_at DESC LIMIT 1) AS last ON true
  WHERE last.value IS DISTINCT FROM r.value
  ON CONFLICT DO NOTHING`;
const SAVE = `
  INSERT INTO microstructure (instrument, kind, at, known_at, value, source)
  SELECT r.instrument, r.kind, r.at,
    CASE WHEN last.known_at IS NULL THEN r.known_at ELSE greatest($2, last.known_at + 1) END,
    r.value,
    CASE WHEN last.known_at IS NULL OR r.source <> 'history' THEN r.source ELSE 'venue' END
  FROM json_populate_recordset(NULL::microstructure, $1::json) AS r ${REVISIONS}`;

/**
 * Stores what is not stored yet. Saving the same again changes nothing.
 * @param receivedAt epoch ms: since when a revision among the points is known
 * @returns how many rows are new
 */
export async function saveMicrostructure(
  db: Database,
  points: readonly KnownPoint[],
  receivedAt: number,
): Promise<number> {
  await ensurePartitions(
    db,
    'microstructure',
    points.map(({ at }) => at),
  );
  let stored = 0;
  for (let start = 0; start < points.length; start += ROWS_MAX) {
    const rows = insertOf(microstructure, points.slice(start, start + ROWS_MAX))?.rows;
    const written = await db.pool.query(prepared(SAVE, [rows, receivedAt]));
    stored += written.rowCount ?? 0;
  }
  return stored;
}

const REACH = `
  SELECT i.instrument, k.kind,
    (SELECT at FROM microstructure AS m WHERE m.instrument = i.instrument AND m.kind = k.kind
     ORDER BY at LIMIT 1) AS first,
    (SELECT at FROM microstructure AS m WHERE m.instrument = i.instrument AND m.kind = k.kind
     ORDER BY at DESC LIMIT 1) AS last
  FROM unnest($1::text[]) AS i(instrument) CROSS JOIN unnest($2::text[]) AS k(kind)`;

/** Times of the oldest and newest stored point of each series that has one. */
export async function microstructureReach(
  db: Database,
  instruments: readonly InstrumentId[],
  kinds: readonly MicrostructureKind[],
): Promise<(MicrostructureSeries & { readonly first: number; readonly last: number })[]> {
  type Row = MicrostructureSeries & Readonly<Record<'first' | 'last', string | null>>;
  const { rows } = await db.pool.query<Row>(prepared(REACH, [instruments, kinds]));
  return rows.flatMap(({ first, last, ...series }) =>
    first === null || last === null
      ? []
      : [{ ...series, first: Number(first), last: Number(last) }],
  );
}

export type ValueAsOf = {
  readonly at: number;
  readonly knownAt: number;
  readonly value: string;
  readonly source: string;
};

/**
 * What was known at `asOf` of the moment `at` (epoch ms): the newest point that speaks of it or of
 * a time before, in the revision of then; null when nothing was known.
 */
export async function valueAsOf(
  db: Database,
  asked: MicrostructureSeries & { readonly at: number; readonly asOf: number },
): Promise<ValueAsOf | null> {
  const { at, knownAt, value, source } = microstructure;
  const rows = await db
    .select({ at, knownAt, value, source })
    .from(microstructure)
    .where(
      and(
        eq(microstructure.instrument, asked.instrument),
        eq(microstructure.kind, asked.kind),
        lte(at, asked.at),
        lte(knownAt, asked.asOf),
      ),
    )
    .orderBy(desc(at), desc(knownAt))
    .limit(1);
  return rows[0] ?? null;
}

/** Rising by `knownAt`, revisions included; all of one length. */
export type MicrostructureColumns = Readonly<Record<'at' | 'knownAt' | 'value', Float64Array>>;

const SERIES = `
  SELECT array_agg(at::float8 ORDER BY known_at, at) AS at,
    array_agg(known_at::float8 ORDER BY known_at, at) AS known_at,
    array_agg(value::float8 ORDER BY known_at, at) AS value
  FROM microstructure
  WHERE instrument = $1 AND kind = $2 AND at BETWEEN $3 AND $4 AND known_at <= $5`;

/**
 * Everything that was known at `asOf` of the points from `from` to `to` (both included), in the
 * order in which it became known. A run through time takes the rows up to its own time: the last
 * one of an `at` counts then.
 */
export async function seriesAsOf(
  db: Database,
  asked: MicrostructureSeries & {
    readonly from: number;
    readonly to: number;
    readonly asOf: number;
  },
): Promise<MicrostructureColumns> {
  const { instrument, kind, from, to, asOf } = asked;
  type Row = Readonly<Record<'at' | 'known_at' | 'value', readonly number[] | null>>;
  const { rows } = await db.pool.query<Row>(prepared(SERIES, [instrument, kind, from, to, asOf]));
  const [row] = rows;
  return {
    at: Float64Array.from(row?.at ?? []),
    knownAt: Float64Array.from(row?.known_at ?? []),
    value: Float64Array.from(row?.value ?? []),
  };
}
