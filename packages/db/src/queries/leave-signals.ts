import {
  type InstrumentId,
  parseInstrumentId,
  type StrategyName,
  type TradeDirection,
} from '@ballast/domain';
import { and, asc, eq, ne } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { trades } from '../tables/order-gateway.ts';
import { signals } from '../tables/strategy-worker.ts';
import { NOT_ENDED } from './not-ended.ts';

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
