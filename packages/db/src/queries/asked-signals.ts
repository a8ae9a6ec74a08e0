import type { BlockedSignal } from '@ballast/domain';
import { and, asc, eq, gte, inArray, isNotNull, isNull, or } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { commandRefusals, trades } from '../tables/order-gateway.ts';
import { blockedSignals, signals } from '../tables/strategy-worker.ts';

/** Signals of one look at most; the oldest first, so that none waits for ever. */
const ROWS_MAX = 500;

/** A signal that asked for a trade and has got none so far. Times epoch ms. */
export type UnfulfilledAsk = {
  readonly signalId: string;
  readonly commandId: string;
  readonly decidedAt: number;
  /** The rules that denied the trade; null when there is no trade. */
  readonly denied: string | null;
  /** Code of the first refusal of the command; null when none is stored. */
  readonly refusal: string | null;
};

/**
 * Entries decided since then that asked, with neither an accepted trade nor a blocked row.
 */
export async function unfulfilledAsks(
  db: Database,
  account: string,
  since: number,
): Promise<UnfulfilledAsk[]> {
  const rows = await db
    .select({
      signalId: signals.id,
      commandId: signals.commandId,
      decidedAt: signals.decidedAt,
      status: trades.status,
      endReason: trades.endReason,
    })
    .from(signals)
    .leftJoin(trades, and(eq(trades.id, signals.tradeId), eq(trades.account, account)))
    .leftJoin(blockedSignals, eq(blockedSignals.signalId, signals.id))
    .where(
      and(
        gte(signals.decidedAt, since),
        eq(signals.word, 'enter'),
        isNotNull(signals.commandId),
        isNull(blockedSignals.signalId),
        or(isNull(trades.id), eq(trades.status, 'denied')),
      ),
    )
    .orderBy(asc(signals.decidedAt))
    .limit(ROWS_MAX);
  const asks = rows.flatMap(({ commandId, ...row }) =>
    commandId === null ? [] : [{ ...row, commandId }],
  );
  const refusals = await firstRefusals(
    db,
    asks.map((ask) => ask.commandId),
  );
  return asks.map(({ signalId, commandId, decidedAt, status, endReason }) => ({
    signalId,
    commandId,
    decidedAt,
    denied: status === null ? null : (endReason ?? ''),
    refusal: refusals.get(commandId) ?? null,
  }));
}

/**
 * Codes by command id. A command that was sent twice is refused as a repetition the second time.
 */
export async function firstRefusals(
  db: Database,
  commandIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const codes = new Map<string, string>();
  if (commandIds.length === 0) return codes;
  const rows = await db
    .select({ commandId: commandRefusals.commandId, code: commandRefusals.code })
    .from(commandRefusals)
    .where(inArray(commandRefusals.commandId, [...commandIds]))
    .orderBy(asc(commandRefusals.id));
  for (const { commandId, code } of rows) {
    if (commandId !== null && !codes.has(commandId)) codes.set(commandId, code);
  }
  return codes;
}

/** The refusal of a signal that is stored already. False when it has one. */
export async function saveLaterBlock(db: Database, blocked: BlockedSignal): Promise<boolean> {
  const stored = await db
    .insert(blockedSignals)
    .values({ ...blocked })
    .onConflictDoNothing({ target: blockedSignals.signalId })
    .returning({ id: blockedSignals.signalId });
  return stored.length > 0;
}
