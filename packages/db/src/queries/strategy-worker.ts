import type {
  BlockedSignal,
  InstrumentId,
  LeaveSignal,
  Signal,
  StrategyName,
} from '@ballast/domain';
import { and, desc, eq, isNotNull } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { trades } from '../tables/order-gateway.ts';
import { blockedSignals, signals } from '../tables/strategy-worker.ts';
import { NOT_ENDED } from './not-ended.ts';

const { strategy, instrument, timeframe, barOpenTime, word } = signals;
const ONE_PER_BAR = [strategy, instrument, timeframe, barOpenTime, word];

/** What a signal asked for: the ids of the trade and of the command that opens or closes it. */
export type Ask = { readonly tradeId: string; readonly commandId: string };

/** Signal and refusal together or not at all. False when this bar's signal is stored already. */
export async function saveBlockedSignal(
  db: Database,
  signal: Signal | LeaveSignal,
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
export async function saveAskingSignal(
  db: Database,
  signal: Signal | LeaveSignal,
  ask: Ask,
): Promise<boolean> {
  const stored = await db
    .insert(signals)
    .values({ ...signal, ...ask })
    .onConflictDoNothing({ target: ONE_PER_BAR })
    .returning({ id: signals.id });
  return stored.length > 0;
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
    .where(and(eq(trades.account, account), eq(trades.instrument, instrument), NOT_ENDED))
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
        eq(signals.word, 'enter'),
        isNotNull(signals.tradeId),
        strategy === null ? undefined : eq(signals.strategy, strategy),
      ),
    )
    .orderBy(desc(signals.decidedAt))
    .limit(1);
  return row?.at ?? null;
}
