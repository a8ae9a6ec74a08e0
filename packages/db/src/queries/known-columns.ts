import type { InstrumentId } from '@ballast/domain';
import { and, asc, eq, lte } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { regimeHistory } from '../tables/regime.ts';
import { seriesAsOf } from './microstructure.ts';

/** So far before a stretch lies what still counts at its beginning. */
const REACH_MS = 3 * 86_400_000;

/** Values as they became known, rising by `knownAt` (epoch ms). */
type KnownValues = { readonly knownAt: Float64Array; readonly value: Float64Array };

/**
 * What a strategy needs to know beside the bars of a stretch that ends at `until` (epoch ms), as it
 * was known moment by moment.
 */
export async function knownColumns(
  db: Database,
  needs: readonly string[],
  of: {
    readonly instrument: InstrumentId;
    readonly regimeOf: InstrumentId;
    readonly from: number;
    readonly until: number;
  },
): Promise<(KnownValues & { readonly of: 'regime' | 'fundingRate' })[]> {
  const { instrument, regimeOf, until } = of;
  const columns = [];
  if (needs.includes('regime')) {
    columns.push({ of: 'regime', ...(await regimeAsKnown(db, regimeOf, until)) } as const);
  }
  if (needs.includes('fundingRate')) {
    columns.push({ of: 'fundingRate', ...(await fundingAsKnown(db, instrument, of)) } as const);
  }
  return columns;
}

/** The regime of an instrument as it was known moment by moment, up to `until` (epoch ms). */
async function regimeAsKnown(
  db: Database,
  instrument: InstrumentId,
  until: number,
): Promise<KnownValues> {
  const { at, knownAt, regime, version } = regimeHistory;
  const rows = await db
    .select({ at, knownAt, value: regime })
    .from(regimeHistory)
    .where(and(eq(regimeHistory.instrument, instrument), lte(knownAt, until)))
    .orderBy(asc(knownAt), asc(at), asc(version));
  return newestOf(rows);
}

/** The same of the funding rate, for a stretch of time. */
async function fundingAsKnown(
  db: Database,
  instrument: InstrumentId,
  { from, until }: { readonly from: number; readonly until: number },
): Promise<KnownValues> {
  const { at, knownAt, value } = await seriesAsOf(db, {
    ...{ instrument, kind: 'funding-rate' },
    ...{ from: from - REACH_MS, to: until, asOf: until },
  });
  return newestOf(
    Array.from(at, (time, row) => ({
      ...{ at: time, knownAt: knownAt[row] ?? NaN, value: value[row] ?? NaN },
    })),
  );
}

/** Without what spoke of an earlier time than was known of already. */
function newestOf(rows: readonly Readonly<Record<'at' | 'knownAt' | 'value', number>>[]) {
  let newest = Number.NEGATIVE_INFINITY;
  const kept = rows.filter(({ at }) => {
    if (at < newest) return false;
    newest = at;
    return true;
  });
  return {
    knownAt: Float64Array.from(kept, (row) => row.knownAt),
    value: Float64Array.from(kept, (row) => row.value),
  };
}
