import type { InstrumentId, Timeframe } from '@ballast/domain';
import { and, asc, desc, eq, gt, gte, isNotNull, isNull, lt, lte, ne, or, sql } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { barGaps } from '../../tables/coverage.ts';
import { brakeStates, orders, trades } from '../../tables/order-gateway.ts';
import { blockedSignals, signals } from '../../tables/strategy-worker.ts';

export type DecidedSignal = {
  readonly signal: typeof signals.$inferSelect;
  readonly blocked: typeof blockedSignals.$inferSelect | null;
  /** What it asked for, as the gateway has stored it; null where it has none of it. */
  readonly trade: {
    readonly plan: unknown;
    readonly status: string;
    /** Mean of its fills; null where nothing filled. Scale 18. */
    readonly entryPrice: bigint | null;
    /** Of its entry order; null where none was made. */
    readonly ordered: bigint | null;
  } | null;
};

/** Signals of bars that open from `from` to `to` (epoch ms, both included), with what they led to. */
export async function decidedSignals(
  db: Database,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<DecidedSignal[]> {
  const rows = await db
    .select({ signal: signals, blocked: blockedSignals, trade: trades, ordered: orders.quantity })
    .from(signals)
    .leftJoin(blockedSignals, eq(blockedSignals.signalId, signals.id))
    .leftJoin(trades, eq(trades.id, signals.tradeId))
    .leftJoin(orders, and(eq(orders.tradeId, signals.tradeId), eq(orders.role, 'entry')))
    .where(and(gte(signals.barOpenTime, from), lte(signals.barOpenTime, to)))
    .orderBy(asc(signals.decidedAt), asc(signals.id), desc(orders.createdAt));
  const seen = new Set<string>();
  return rows.flatMap(({ signal, blocked, trade, ordered }) => {
    if (seen.has(signal.id)) return [];
    seen.add(signal.id);
    const told = trade && { ...trade, ordered };
    return [{ signal, blocked, trade: told }];
  });
}

/** Runs of missing bars in the stretch that were known, and not closed, at `at`; epoch ms. */
export async function gapsKnownAt(
  db: Database,
  of: {
    readonly instrument: InstrumentId;
    readonly timeframe: Timeframe;
    readonly from: number;
    readonly at: number;
  },
): Promise<{ fromTime: number; bars: number }[]> {
  return db
    .select({ fromTime: barGaps.fromTime, bars: barGaps.bars })
    .from(barGaps)
    .where(
      and(
        eq(barGaps.instrument, of.instrument),
        eq(barGaps.timeframe, of.timeframe),
        ...[lte(barGaps.fromTime, of.at), gte(barGaps.toTime, of.from)],
        lte(barGaps.foundAt, of.at),
        or(isNull(barGaps.endedAt), gt(barGaps.endedAt, of.at)),
      ),
    )
    .orderBy(asc(barGaps.fromTime));
}

/** Trades of the account that had begun before `at` (epoch ms) and had not ended. */
export async function tradesOpenAt(
  db: Database,
  account: string,
  at: number,
): Promise<{ id: string; instrument: string }[]> {
  return db
    .select({ id: trades.id, instrument: trades.instrument })
    .from(trades)
    .where(
      and(
        eq(trades.account, account),
        lt(trades.createdAt, at),
        or(isNull(trades.endedAt), gt(trades.endedAt, at)),
      ),
    );
}

/** When a trade in the instrument was last asked for before a signal, by one strategy or any. */
export async function lastAskedBefore(
  db: Database,
  { id, instrument, decidedAt }: typeof signals.$inferSelect,
  strategy: string | null,
): Promise<number | null> {
  const [row] = await db
    .select({ at: signals.decidedAt })
    .from(signals)
    .where(
      and(
        eq(signals.instrument, instrument),
        ...[isNotNull(signals.tradeId), eq(signals.word, 'enter')],
        ...[lte(signals.decidedAt, decidedAt), ne(signals.id, id)],
        // Of one millisecond the id says which was first.
        or(lt(signals.decidedAt, decidedAt), sql`${signals.id} < ${id}`),
        strategy === null ? undefined : eq(signals.strategy, strategy),
      ),
    )
    .orderBy(desc(signals.decidedAt))
    .limit(1);
  return row?.at ?? null;
}

/** The brake as it was at `at` (epoch ms); without a row it cannot have been read. */
export async function brakeAt(
  db: Database,
  account: string,
  at: number,
): Promise<'released' | 'engaged' | 'unreadable'> {
  const [row] = await db
    .select({ state: brakeStates.state })
    .from(brakeStates)
    .where(and(eq(brakeStates.account, account), lte(brakeStates.at, at)))
    .orderBy(desc(brakeStates.seq))
    .limit(1);
  if (row === undefined) return 'unreadable';
  return row.state === 'released' ? 'released' : 'engaged';
}
