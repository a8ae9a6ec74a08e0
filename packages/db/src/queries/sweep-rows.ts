import { and, asc, eq, gt, ne, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { backtestSweepRows, backtestSweeps } from '../tables/backtester.ts';

export type StoredSweepRow = typeof backtestSweepRows.$inferSelect;

/** Rows that are read at once: a thousand of three years of days are some 8 MB. */
const PAGE_ROWS = 500;

/** False when the combination has its row already: what came first stays. */
export async function addSweepRow(
  db: Pick<Database, 'insert'>,
  row: StoredSweepRow,
): Promise<boolean> {
  const added = await db
    .insert(backtestSweepRows)
    .values(row)
    .onConflictDoNothing()
    .returning({ combination: backtestSweepRows.combination });
  return added.length > 0;
}

export async function countSweepRows(
  db: Pick<Database, 'select'>,
  sweepId: string,
): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(backtestSweepRows)
    .where(eq(backtestSweepRows.sweepId, sweepId));
  return row?.count ?? 0;
}

const MISSING = `
  SELECT i FROM generate_series(0, $2::int - 1) AS i
  WHERE NOT EXISTS (
    SELECT 1 FROM backtest_sweep_rows AS r WHERE r.sweep_id = $1 AND r.combination = i)
  ORDER BY i LIMIT $3`;

/** The first combinations of `total` that have no row yet. */
export async function missingCombinations(
  db: Database,
  asked: { readonly sweepId: string; readonly total: number; readonly limit: number },
): Promise<number[]> {
  const values = [asked.sweepId, asked.total, asked.limit];
  const { rows } = await db.pool.query<{ i: number }>(prepared(MISSING, values));
  return rows.map(({ i }) => i);
}

/** All rows of a sweep, rising by combination, page by page. */
export async function* sweepRows(
  db: Pick<Database, 'select'>,
  sweepId: string,
): AsyncGenerator<StoredSweepRow> {
  for (let after = -1; ;) {
    const page = await db
      .select()
      .from(backtestSweepRows)
      .where(and(eq(backtestSweepRows.sweepId, sweepId), gt(backtestSweepRows.combination, after)))
      .orderBy(asc(backtestSweepRows.combination))
      .limit(PAGE_ROWS);
    yield* page;
    if (page.length < PAGE_ROWS) return;
    after = page.at(-1)?.combination ?? after;
  }
}

/** A trial; what makes it the same as another is its request, its data and its parameters. */
export type StoredTrial = {
  readonly returns: readonly number[];
  readonly key: string;
};

/**
 * All that was ever tried of a strategy, page by page.
 * @param which of this sweep alone, or of all others
 */
export async function* strategyTrials(
  db: Pick<Database, 'select'>,
  strategy: string,
  which: { readonly only: string } | { readonly except: string },
): AsyncGenerator<StoredTrial> {
  const { id: idOf, dataHash: hashOf, request: requestOf } = backtestSweeps;
  const request = sql<string>`md5((${requestOf} - 'vary' - 'parameters' - 'inForce')::text)`;
  const sweeps = await db
    .select({ id: idOf, dataHash: hashOf, request })
    .from(backtestSweeps)
    .where(
      and(
        eq(backtestSweeps.strategy, strategy),
        'only' in which ? eq(idOf, which.only) : ne(idOf, which.except),
      ),
    )
    .orderBy(asc(backtestSweeps.askedAt), asc(idOf));
  for (const { id, dataHash, request: asked } of sweeps) {
    for await (const { parameters, returns } of sweepRows(db, id)) {
      if (returns === null) continue;
      yield { returns, key: `${dataHash ?? id} ${asked} ${JSON.stringify(parameters)}` };
    }
  }
}
