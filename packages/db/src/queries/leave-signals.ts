import {
  type InstrumentId,
  parseInstrumentId,
  type StrategyName,
  type TradeDirection,
} from '@ballast/domain';
import { and, asc, eq, gte, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { commandRefusals, commands, trades } from '../tables/order-gateway.ts';
import { blockedSignals, signals } from '../tables/strategy-worker.ts';
import { firstRefusals } from './asked-signals.ts';
import { NOT_ENDED } from './not-ended.ts';

/** Leaves of one look at most; the oldest first, so that none waits for ever. */
const ROWS_MAX = 500;

/** A trade that a strategy has opened, and that nobody closes yet. */
export type StrategyTrade = {
  readonly id: string;
  readonly instrument: InstrumentId;
  readonly direction: TradeDirection;
  readonly strategy: string;
  /** Open time (epoch ms) of the bar that it was opened on. */
  readonly barOpenTime: number;
};

/** Open trades of strategies, oldest first: of all, or of one strategy in one instrument. */
export async function strategyTrades(
  db: Database,
  account: string,
  of?: { readonly strategy: StrategyName; readonly instrument: InstrumentId },
): Promise<StrategyTrade[]> {
  const { strategy, barOpenTime } = signals;
  const { id, instrument, direction } = trades;
  const rows = await db
    .select({ id, instrument, direction, strategy, barOpenTime })
    .from(trades)
    .innerJoin(signals, eq(signals.id, trades.signalId))
    .where(
      and(
        eq(trades.account, account),
        NOT_ENDED,
        ne(trades.status, 'closing'),
        of && eq(strategy, of.strategy),
        of && eq(instrument, of.instrument),
      ),
    )
    .orderBy(asc(trades.createdAt));
  return rows.map((row) => ({
    ...row,
    instrument: parseInstrumentId(row.instrument),
    direction: row.direction === 'short' ? 'short' : 'long',
  }));
}

/** A command that was sent twice and taken is refused as a repetition the second time. */
const WAS_REFUSED = sql`EXISTS (SELECT 1 FROM ${commandRefusals}
  WHERE ${commandRefusals.commandId} = ${signals.commandId}::text
    AND ${commandRefusals.code} <> 'COMMAND_REPEATED')`;

/** A leave whose command closes nothing so far. Times epoch ms. */
export type UnansweredLeave = {
  readonly signalId: string;
  readonly strategy: string;
  readonly timeframe: string;
  readonly barOpenTime: number;
  readonly decidedAt: number;
  readonly tradeId: string;
  readonly commandId: string;
  /** Code of the first refusal of the command; null when none is stored. */
  readonly refusal: string | null;
  /** The trade has ended or is being closed, whoever did it. */
  readonly isLeft: boolean;
};

/** Leaves decided since then whose command was not taken or was refused, and not blocked yet. */
export async function unansweredLeaves(
  db: Database,
  account: string,
  since: number,
): Promise<UnansweredLeave[]> {
  const { id: signalId, strategy, timeframe, barOpenTime, decidedAt } = signals;
  const { tradeId, commandId } = signals;
  const { status, endedAt } = trades;
  const rows = await db
    .select({
      ...{ signalId, strategy, timeframe, barOpenTime, decidedAt, tradeId, commandId },
      ...{ status, endedAt },
    })
    .from(signals)
    .innerJoin(trades, and(eq(trades.id, signals.tradeId), eq(trades.account, account)))
    .leftJoin(commands, eq(commands.id, signals.commandId))
    .leftJoin(blockedSignals, eq(blockedSignals.signalId, signals.id))
    .where(
      and(
        gte(signals.decidedAt, since),
        eq(signals.word, 'leave'),
        isNotNull(signals.commandId),
        isNull(blockedSignals.signalId),
        or(isNull(commands.id), WAS_REFUSED),
      ),
    )
    .orderBy(asc(signals.decidedAt))
    .limit(ROWS_MAX);
  const asked = rows.flatMap((row) =>
    row.commandId === null || row.tradeId === null
      ? []
      : [{ ...row, commandId: row.commandId, tradeId: row.tradeId }],
  );
  const ids = asked.map((row) => row.commandId);
  const refusals = await firstRefusals(db, ids);
  return asked.map(({ status: is, endedAt: ended, ...row }) => ({
    ...row,
    refusal: refusals.get(row.commandId) ?? null,
    isLeft: ended !== null || is === 'closing',
  }));
}

/** The leave is asked for once more, by another command. False when somebody else has done so. */
export async function replaceLeaveCommand(
  db: Database,
  { signalId, commandId }: Pick<UnansweredLeave, 'signalId' | 'commandId'>,
  next: string,
): Promise<boolean> {
  const replaced = await db
    .update(signals)
    .set({ commandId: next })
    .where(and(eq(signals.id, signalId), eq(signals.commandId, commandId)))
    .returning({ id: signals.id });
  return replaced.length > 0;
}
