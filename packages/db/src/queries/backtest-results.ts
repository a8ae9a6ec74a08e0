import { and, asc, eq } from 'drizzle-orm';
import type { Database } from '../database.ts';
import {
  backtestBlockedSignals,
  backtestEquityCurve,
  backtestRuns,
  backtestSweeps,
  backtestTrades,
} from '../tables/backtester.ts';

type Stored<T> = Omit<T, 'runId' | 'number'>;
export type StoredTrade = Stored<typeof backtestTrades.$inferInsert>;
export type StoredBlockedSignal = Stored<typeof backtestBlockedSignals.$inferInsert>;

export type RunResult = {
  readonly dataHash: string;
  /** All that were stepped through. */
  readonly bars: number;
  readonly result: unknown;
  readonly trades: readonly StoredTrade[];
  readonly blocked: readonly StoredBlockedSignal[];
  /** Epoch ms and quote currency, of one length. */
  readonly equity: { readonly time: readonly number[]; readonly value: readonly number[] };
};

/** Rows of one statement: well under the protocol's 65,535 parameters. */
const ROWS_PER_INSERT = 1_000;

/**
 * Stores all that came of a run, in one transaction with its end.
 * @param startedAt the beginning of the run that has this result: when it does not run any more, or
 * was begun once more, nothing is stored
 * @returns whether it was stored
 */
export async function finishRun(
  db: Pick<Database, 'transaction'>,
  { id, startedAt }: { readonly id: string; readonly startedAt: number },
  { bars, dataHash, result, trades, blocked, equity }: RunResult,
  at: number,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const ended = await tx
      .update(backtestRuns)
      .set({
        ...{ state: 'done', dataHash, result, done: bars, total: bars },
        ...{ updatedAt: at, endedAt: at },
      })
      .where(
        and(
          eq(backtestRuns.id, id),
          eq(backtestRuns.state, 'running'),
          eq(backtestRuns.startedAt, startedAt),
        ),
      )
      .returning({ id: backtestRuns.id });
    if (ended.length === 0) return false;
    for (const [from, rows] of stretches(trades)) {
      const numbered = rows.map((row, index) => ({ ...row, runId: id, number: from + index }));
      await tx.insert(backtestTrades).values(numbered);
    }
    for (const [from, rows] of stretches(blocked)) {
      const numbered = rows.map((row, index) => ({ ...row, runId: id, number: from + index }));
      await tx.insert(backtestBlockedSignals).values(numbered);
    }
    for (const [from, times] of stretches(equity.time)) {
      const points = times.map((time, index) => {
        return { runId: id, at: time, equity: equity.value[from + index] ?? NaN };
      });
      await tx.insert(backtestEquityCurve).values(points);
    }
    return true;
  });
}

function* stretches<T>(all: readonly T[]): Generator<[from: number, rows: readonly T[]]> {
  for (let from = 0; from < all.length; from += ROWS_PER_INSERT) {
    yield [from, all.slice(from, from + ROWS_PER_INSERT)];
  }
}

/** The same for a sweep: its judgement with its end. */
export async function finishSweep(
  db: Pick<Database, 'update'>,
  { id, startedAt }: { readonly id: string; readonly startedAt: number },
  judgement: unknown,
  at: number,
): Promise<boolean> {
  const ended = await db
    .update(backtestSweeps)
    .set({ state: 'done', judgement, done: backtestSweeps.total, updatedAt: at, endedAt: at })
    .where(
      and(
        eq(backtestSweeps.id, id),
        eq(backtestSweeps.state, 'running'),
        eq(backtestSweeps.startedAt, startedAt),
      ),
    )
    .returning({ id: backtestSweeps.id });
  return ended.length > 0;
}

/** Trades, blocked signals and equity of a run, each in its order. */
export async function runDetails(db: Pick<Database, 'select'>, runId: string) {
  const trades = await db
    .select()
    .from(backtestTrades)
    .where(eq(backtestTrades.runId, runId))
    .orderBy(asc(backtestTrades.number));
  const blocked = await db
    .select()
    .from(backtestBlockedSignals)
    .where(eq(backtestBlockedSignals.runId, runId))
    .orderBy(asc(backtestBlockedSignals.number));
  const equity = await db
    .select({ at: backtestEquityCurve.at, equity: backtestEquityCurve.equity })
    .from(backtestEquityCurve)
    .where(eq(backtestEquityCurve.runId, runId))
    .orderBy(asc(backtestEquityCurve.at));
  return { trades, blocked, equity };
}
