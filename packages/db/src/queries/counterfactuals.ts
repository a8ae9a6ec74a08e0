import type { Money } from '@ballast/domain';
import { and, asc, desc, eq, gte, isNull, lt, lte, or, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { signalCounterfactuals } from '../tables/backtester.ts';
import { portfolioSnapshots } from '../tables/order-gateway.ts';
import { blockedSignals, signals } from '../tables/strategy-worker.ts';

export type CounterfactualRow = typeof signalCounterfactuals.$inferSelect;
type StoredSignal = typeof signals.$inferSelect;

/** Where a walk through the signals has come to. */
export type SignalPlace = { readonly decidedAt: number; readonly id: string };

/** Blocked signals without a counterfactual, the oldest first, those after `after` alone. */
export async function unsettledSignals(
  db: Database,
  { after, limit }: { readonly after: SignalPlace | null; readonly limit: number },
): Promise<StoredSignal[]> {
  const rows = await db
    .select({ signal: signals })
    .from(blockedSignals)
    .innerJoin(signals, eq(signals.id, blockedSignals.signalId))
    .leftJoin(signalCounterfactuals, eq(signalCounterfactuals.signalId, signals.id))
    .where(
      and(
        // A word to leave has no plan of its own.
        ...[isNull(signalCounterfactuals.signalId), eq(signals.word, 'enter')],
        after === null
          ? undefined
          : or(
              sql`${signals.decidedAt} > ${after.decidedAt}`,
              and(eq(signals.decidedAt, after.decidedAt), sql`${signals.id} > ${after.id}`),
            ),
      ),
    )
    .orderBy(asc(signals.decidedAt), asc(signals.id))
    .limit(limit);
  return rows.map(({ signal }) => signal);
}

/** False when it was stored already: what was said first stays. */
export async function saveCounterfactual(db: Database, row: CounterfactualRow): Promise<boolean> {
  const stored = await db
    .insert(signalCounterfactuals)
    .values(row)
    .onConflictDoNothing({ target: signalCounterfactuals.signalId })
    .returning({ id: signalCounterfactuals.signalId });
  return stored.length > 0;
}

/** Of the newest snapshot at `at` (epoch ms) or before; null where there was none. */
export async function equityAt(db: Database, account: string, at: number): Promise<Money | null> {
  const [row] = await db
    .select({ amount: portfolioSnapshots.equity, currency: portfolioSnapshots.currency })
    .from(portfolioSnapshots)
    .where(and(eq(portfolioSnapshots.account, account), lte(portfolioSnapshots.at, at)))
    .orderBy(desc(portfolioSnapshots.at))
    .limit(1);
  return row ?? null;
}

export type JudgedSignal = {
  readonly id: string;
  readonly tradeId: string | null;
  readonly gate: string | null;
  readonly earned: string | null;
  readonly currency: string | null;
};

/** Entries decided from `from` up to but without `to` (epoch ms), with what became of each. */
export async function judgedSignals(
  db: Database,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<JudgedSignal[]> {
  return db
    .select({
      ...{ id: signals.id, tradeId: signals.tradeId, gate: blockedSignals.gate },
      ...{ earned: signalCounterfactuals.earned, currency: signalCounterfactuals.currency },
    })
    .from(signals)
    .leftJoin(blockedSignals, eq(blockedSignals.signalId, signals.id))
    .leftJoin(signalCounterfactuals, eq(signalCounterfactuals.signalId, signals.id))
    .where(and(eq(signals.word, 'enter'), gte(signals.decidedAt, from), lt(signals.decidedAt, to)))
    .orderBy(asc(signals.decidedAt), asc(signals.id));
}
