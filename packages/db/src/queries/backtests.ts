import { BACKTEST_STATES, type BacktestState } from '@ballast/domain';
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { backtestComparisons, backtestRuns, backtestSweeps } from '../tables/backtester.ts';

/**
 * One backtest, or many that differ in their parameters; of these a walk-forward, which is asked
 * for with its windows and is a row among the sweeps.
 */
export type BacktestKind = 'run' | 'sweep' | 'walk-forward';

/** Why it was not done; `status` as HTTP would say it. */
export type BacktestError = {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  /** What stood in its way, when it was refused for that. */
  readonly running?: unknown;
};

/** A row of either table: what was asked, how far it is, what came of it. Epoch ms. */
export type StoredBacktest = {
  readonly kind: BacktestKind;
  readonly id: string;
  readonly strategy: string;
  readonly request: unknown;
  readonly seed: number;
  readonly dataHash: string | null;
  readonly state: BacktestState;
  readonly done: number;
  readonly total: number;
  readonly error: unknown;
  readonly actor: string;
  readonly askedAt: number;
  readonly startedAt: number | null;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  /** Figures of a run, judgement of a sweep, report of a walk-forward; null before its end. */
  readonly result: unknown;
};

type NewBacktest = Pick<
  StoredBacktest,
  'kind' | 'id' | 'strategy' | 'request' | 'seed' | 'total' | 'actor'
> & {
  /** It has ended already: refused. */
  readonly error?: BacktestError;
};

/** The columns that both tables have. */
const shared = (table: typeof backtestRuns | typeof backtestSweeps) => ({
  ...{ id: table.id, strategy: table.strategy, request: table.request, seed: table.seed },
  ...{ dataHash: table.dataHash, state: table.state, done: table.done, total: table.total },
  ...{ error: table.error, actor: table.actor, askedAt: table.askedAt },
  ...{ startedAt: table.startedAt, updatedAt: table.updatedAt, endedAt: table.endedAt },
});
const ofRun = { ...shared(backtestRuns), result: backtestRuns.result };
const ofSweep = { ...shared(backtestSweeps), result: backtestSweeps.judgement };

type Row = Omit<StoredBacktest, 'kind' | 'state'> & { readonly state: string };

function toBacktest(table: 'run' | 'sweep', row: Row): StoredBacktest {
  const state = BACKTEST_STATES.find((one) => one === row.state);
  if (state === undefined) throw new Error(`a stored backtest says "${row.state}"`);
  const kind = table === 'sweep' && isWalkForward(row.request) ? 'walk-forward' : table;
  return { ...row, kind, state };
}

const isWalkForward = (request: unknown): boolean =>
  typeof request === 'object' && request !== null && 'walkForward' in request;

/** False when there is one of this id already. */
export async function addBacktest(
  db: Pick<Database, 'insert'>,
  { kind, error, ...asked }: NewBacktest,
  at: number,
): Promise<boolean> {
  const ended = error === undefined ? null : at;
  const state: BacktestState = error === undefined ? 'queued' : 'failed';
  const row = { ...asked, state, done: 0, error, askedAt: at, updatedAt: at, endedAt: ended };
  const added =
    kind === 'run'
      ? await db
          .insert(backtestRuns)
          .values(row)
          .onConflictDoNothing()
          .returning({ id: backtestRuns.id })
      : await db
          .insert(backtestSweeps)
          .values(row)
          .onConflictDoNothing()
          .returning({ id: backtestSweeps.id });
  return added.length > 0;
}

export async function findBacktest(
  db: Pick<Database, 'select'>,
  id: string,
): Promise<StoredBacktest | null> {
  const [run] = await db.select(ofRun).from(backtestRuns).where(eq(backtestRuns.id, id));
  if (run !== undefined) return toBacktest('run', run);
  const [sweep] = await db.select(ofSweep).from(backtestSweeps).where(eq(backtestSweeps.id, id));
  return sweep === undefined ? null : toBacktest('sweep', sweep);
}

/** Runs and sweeps together, the newest first; without their results, which are long. */
export async function listBacktests(
  db: Pick<Database, 'select'>,
  limit: number,
): Promise<Omit<StoredBacktest, 'result'>[]> {
  const [runs, sweeps] = [
    await db
      .select(shared(backtestRuns))
      .from(backtestRuns)
      .orderBy(desc(backtestRuns.askedAt), desc(backtestRuns.id))
      .limit(limit),
    await db
      .select(shared(backtestSweeps))
      .from(backtestSweeps)
      .orderBy(desc(backtestSweeps.askedAt), desc(backtestSweeps.id))
      .limit(limit),
  ];
  return [
    ...runs.map((row) => toBacktest('run', { ...row, result: null })),
    ...sweeps.map((row) => toBacktest('sweep', { ...row, result: null })),
  ]
    .toSorted((a, b) => b.askedAt - a.askedAt || (a.id < b.id ? 1 : -1))
    .slice(0, limit)
    .map(({ result: _result, ...row }) => row);
}

const UNDER_WAY: readonly BacktestState[] = ['queued', 'running'];

/** Those that wait or run: what runs first, then the oldest. */
export async function backtestsUnderWay(db: Pick<Database, 'select'>): Promise<StoredBacktest[]> {
  const runs = await db
    .select(ofRun)
    .from(backtestRuns)
    .where(inArray(backtestRuns.state, [...UNDER_WAY]))
    .orderBy(asc(backtestRuns.askedAt));
  const sweeps = await db
    .select(ofSweep)
    .from(backtestSweeps)
    .where(inArray(backtestSweeps.state, [...UNDER_WAY]))
    .orderBy(asc(backtestSweeps.askedAt));
  const isQueued = ({ state }: StoredBacktest): number => (state === 'queued' ? 1 : 0);
  return [
    ...runs.map((row) => toBacktest('run', row)),
    ...sweeps.map((row) => toBacktest('sweep', row)),
  ].toSorted(
    (a, b) => isQueued(a) - isQueued(b) || a.askedAt - b.askedAt || (a.id < b.id ? -1 : 1),
  );
}

type Change = {
  readonly state?: BacktestState;
  readonly done?: number;
  readonly total?: number;
  readonly dataHash?: string;
  readonly error?: BacktestError | null;
  readonly startedAt?: number | null;
  readonly updatedAt: number;
  readonly endedAt?: number | null;
};

/**
 * Changes one that has one of these states; false when it has another by now, and then nothing is
 * changed: who cancelled it has the last word.
 */
export async function changeBacktest(
  db: Pick<Database, 'update'>,
  { kind, id }: Pick<StoredBacktest, 'kind' | 'id'>,
  states: readonly BacktestState[],
  change: Change,
): Promise<boolean> {
  const changed =
    kind === 'run'
      ? await db
          .update(backtestRuns)
          .set(change)
          .where(and(eq(backtestRuns.id, id), inArray(backtestRuns.state, [...states])))
          .returning({ id: backtestRuns.id })
      : await db
          .update(backtestSweeps)
          .set(change)
          .where(and(eq(backtestSweeps.id, id), inArray(backtestSweeps.state, [...states])))
          .returning({ id: backtestSweeps.id });
  return changed.length > 0;
}

/** Runs and sweeps whose process is gone begin once more. @returns how many */
export async function requeueBacktests(db: Pick<Database, 'update'>, at: number): Promise<number> {
  const again = { state: 'queued', startedAt: null, updatedAt: at };
  const runs = await db
    .update(backtestRuns)
    .set({ ...again, done: 0 })
    .where(eq(backtestRuns.state, 'running'))
    .returning({ id: backtestRuns.id });
  const sweeps = await db
    .update(backtestSweeps)
    .set(again)
    .where(eq(backtestSweeps.state, 'running'))
    .returning({ id: backtestSweeps.id });
  return runs.length + sweeps.length;
}

/**
 * Of which data a sweep is: the first that has read them says so.
 * @returns the hash that holds; null when there is no such sweep
 */
export async function settleDataHash(
  db: Pick<Database, 'update'>,
  sweepId: string,
  dataHash: string,
): Promise<string | null> {
  const [row] = await db
    .update(backtestSweeps)
    .set({ dataHash: sql`coalesce(${backtestSweeps.dataHash}, ${dataHash})` })
    .where(eq(backtestSweeps.id, sweepId))
    .returning({ dataHash: backtestSweeps.dataHash });
  return row?.dataHash ?? null;
}

export type StoredComparison = typeof backtestComparisons.$inferSelect;

/** False when there is one of this id already. */
export async function addComparison(
  db: Pick<Database, 'insert'>,
  row: StoredComparison,
): Promise<boolean> {
  const added = await db
    .insert(backtestComparisons)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: backtestComparisons.id });
  return added.length > 0;
}

export async function findComparison(
  db: Pick<Database, 'select'>,
  id: string,
): Promise<StoredComparison | null> {
  const [row] = await db.select().from(backtestComparisons).where(eq(backtestComparisons.id, id));
  return row ?? null;
}
