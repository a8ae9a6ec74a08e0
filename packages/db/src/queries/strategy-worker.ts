import type { BlockedSignal, InstrumentId, Money, Signal, StrategyName } from '@ballast/domain';
import { and, desc, eq, isNotNull, isNull, lte } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { portfolioSnapshots, trades } from '../tables/order-gateway.ts';
import { blockedSignals, signals } from '../tables/strategy-worker.ts';
import { strategySwitches } from '../tables/supervisor.ts';

const ONE_PER_BAR = [signals.strategy, signals.instrument, signals.barOpenTime];

/** What a signal asked for: the ids of the trade and of the command that carries it. */
export type Ask = { readonly tradeId: string; readonly commandId: string };

/** Signal and refusal together or not at all. False when this bar's signal is stored already. */
export async function saveBlockedSignal(
  db: Database,
  signal: Signal,
  blocked: BlockedSignal,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const stored = await tx
      .insert(signals)
      .values({ ...signal, tradeId: null, commandId: null })
      .onConflictDoNothing({ target: ONE_PER_BAR })
      .returning({ id: signals.id });
    if (stored.length === 0) return false;
    await tx.insert(blockedSignals).values({ ...blocked });
    return true;
  });
}

/** Stored before the command is sent. False when this bar's signal is stored already. */
export async function saveAskingSignal(db: Database, signal: Signal, ask: Ask): Promise<boolean> {
  const stored = await db
    .insert(signals)
    .values({ ...signal, ...ask })
    .onConflictDoNothing({ target: ONE_PER_BAR })
    .returning({ id: signals.id });
  return stored.length > 0;
}

/** The buy switch in force at `at`: newest row with effectiveFrom ≤ at; null without one. */
export async function buySwitchInForce(
  db: Database,
  strategy: StrategyName,
  at: number,
): Promise<{ id: string; buy: boolean } | null> {
  const [row] = await db
    .select({ id: strategySwitches.id, buy: strategySwitches.buy })
    .from(strategySwitches)
    .where(and(eq(strategySwitches.strategy, strategy), lte(strategySwitches.effectiveFrom, at)))
    .orderBy(desc(strategySwitches.effectiveFrom), desc(strategySwitches.id))
    .limit(1);
  return row ?? null;
}

/** Id of a trade in this instrument that has not ended; null when there is none. */
export async function unfinishedTrade(
  db: Database,
  account: string,
  instrument: InstrumentId,
): Promise<string | null> {
  const [row] = await db
    .select({ id: trades.id })
    .from(trades)
    .where(
      and(eq(trades.account, account), eq(trades.instrument, instrument), isNull(trades.endedAt)),
    )
    .limit(1);
  return row?.id ?? null;
}

/**
 * When a trade in this instrument was last asked for, by one strategy or (null) by any. Epoch ms.
 */
export async function lastAskedAt(
  db: Database,
  instrument: InstrumentId,
  strategy: StrategyName | null,
): Promise<number | null> {
  const [row] = await db
    .select({ at: signals.decidedAt })
    .from(signals)
    .where(
      and(
        eq(signals.instrument, instrument),
        isNotNull(signals.tradeId),
        strategy === null ? undefined : eq(signals.strategy, strategy),
      ),
    )
    .orderBy(desc(signals.decidedAt))
    .limit(1);
  return row?.at ?? null;
}

/** Equity by the newest portfolio snapshot; null when none was ever taken. */
export async function newestEquity(db: Database, account: string): Promise<Money | null> {
  const [row] = await db
    .select({ amount: portfolioSnapshots.equity, currency: portfolioSnapshots.currency })
    .from(portfolioSnapshots)
    .where(eq(portfolioSnapshots.account, account))
    .orderBy(desc(portfolioSnapshots.at))
    .limit(1);
  return row ?? null;
}
