import { and, asc, eq, gt, sql } from 'drizzle-orm';
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

/** A sweep of a strategy, whatever came of it. */
export type SweepOfStrategy = {
  readonly id: string;
  readonly state: string;
  /** What beside the parameters makes a result: the same request over the same data. */
  readonly setting: string;
  /** Its rows are of trainings, one after the other, and not of all its bars. */
  readonly isWalkForward: boolean;
};

/**
 * All sweeps of a strategy that there ever were, the oldest first, walk-forwards behind the others:
 * of a combination that both have tried the row over all bars comes first.
 */
export async function sweepsOfStrategy(
  db: Pick<Database, 'select'>,
  strategy: string,
): Promise<SweepOfStrategy[]> {
  const { id, state, dataHash, request, askedAt } = backtestSweeps;
  const isWalkForward = sql<boolean>`${request} ? 'walkForward'`;
  const setting = sql`${request} - 'vary' - 'walkForward' - 'parameters' - 'inForce'`;
  const asked = sql<string>`md5((${setting})::text)`;
  const sweeps = await db
    .select({ id, state, dataHash, asked, isWalkForward })
    .from(backtestSweeps)
    .where(eq(backtestSweeps.strategy, strategy))
    .orderBy(asc(isWalkForward), asc(askedAt), asc(id));
  return sweeps.map(({ dataHash: hash, asked: of, ...one }) => {
    return { ...one, setting: `${hash ?? one.id} ${of}` };
  });
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
  for (const { id, setting } of await sweepsOfStrategy(db, strategy)) {
    if ('only' in which ? id !== which.only : id === which.except) continue;
    for await (const { parameters, returns } of sweepRows(db, id)) {
      if (returns === null) continue;
      yield { returns, key: `${setting} ${JSON.stringify(parameters)}` };
    }
  }
}
