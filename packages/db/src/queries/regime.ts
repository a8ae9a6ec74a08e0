import type { InstrumentId } from '@ballast/domain';
import { and, asc, desc, eq, lte } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { regimeHistory } from '../tables/regime.ts';

export type RegimeRow = typeof regimeHistory.$inferSelect;

/** The regime of an instrument at `at`, and since when that is known; epoch ms. */
export type RegimePoint = {
  readonly instrument: InstrumentId;
  readonly at: number;
  readonly knownAt: number;
  /** -2 strong bear, -1 bear, 0 neutral, 1 bull, 2 strong bull. */
  readonly regime: -2 | -1 | 0 | 1 | 2;
  /** What it was made from. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Of the rule that says it. */
  readonly version: number;
};

/** False when this version has said it of this time already: what was said first stays. */
export async function saveRegime(db: Database, point: RegimePoint): Promise<boolean> {
  const stored = await db
    .insert(regimeHistory)
    .values(point)
    .onConflictDoNothing({
      target: [regimeHistory.instrument, regimeHistory.at, regimeHistory.version],
    })
    .returning({ seq: regimeHistory.seq });
  return stored.length > 0;
}

/**
 * The regime as it was known at `moment` (epoch ms): of what was known by then that of the latest
 * time, and where several versions had said it of that time, the last one that had. Null when
 * nothing was known.
 */
export async function regimeKnownAt(
  db: Database,
  instrument: InstrumentId,
  moment: number,
): Promise<RegimeRow | null> {
  const [row] = await db
    .select()
    .from(regimeHistory)
    .where(and(eq(regimeHistory.instrument, instrument), lte(regimeHistory.knownAt, moment)))
    .orderBy(desc(regimeHistory.at), desc(regimeHistory.knownAt), desc(regimeHistory.version))
    .limit(1);
  return row ?? null;
}

/**
 * Every regime of an instrument that was known at `asOf`, in the order in which it became known.
 * Epoch ms.
 */
export async function regimeRowsAsOf(
  db: Database,
  instrument: InstrumentId,
  asOf: number,
): Promise<Readonly<Record<'at' | 'knownAt' | 'value', Float64Array>>> {
  const rows = await db
    .select({
      at: regimeHistory.at,
      knownAt: regimeHistory.knownAt,
      value: regimeHistory.regime,
    })
    .from(regimeHistory)
    .where(and(eq(regimeHistory.instrument, instrument), lte(regimeHistory.knownAt, asOf)))
    .orderBy(asc(regimeHistory.knownAt), asc(regimeHistory.at), asc(regimeHistory.version));
  return {
    at: Float64Array.from(rows, ({ at }) => at),
    knownAt: Float64Array.from(rows, ({ knownAt }) => knownAt),
    value: Float64Array.from(rows, ({ value }) => value),
  };
}
