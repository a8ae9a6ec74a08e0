import type { Instrument, InstrumentId, Money, TradeId } from '@ballast/domain';
import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { incidents, portfolioSnapshots, trades } from '../tables/order-gateway.ts';
import { loadInstruments } from './market-data.ts';
import { NOT_ENDED } from './not-ended.ts';
import { brakeInForce } from './settings-in-force.ts';

/**
 * The stored part of what the pre-trade rules look at. Prices and the balance of this moment come
 * from the bus: the stored snapshots are hourly.
 */
export type StoredRiskFacts = {
  readonly instrument: Instrument | null;
  readonly brake: 'released' | 'engaged' | 'unreadable';
  readonly frozen: string | null;
  readonly openTrades: readonly { readonly tradeId: TradeId; readonly instrument: InstrumentId }[];
};

export const DRIFT = 'DRIFT';

export async function loadRiskFacts(
  db: Database,
  account: string,
  instrument: InstrumentId,
): Promise<StoredRiskFacts> {
  const [instruments, brake, drift, openTrades] = await Promise.all([
    loadInstruments(db),
    brakeInForce(db, account),
    openDrift(db, account, instrument),
    loadOpenTradeKeys(db, account),
  ]);
  return {
    instrument: instruments.find((candidate) => candidate.id === instrument) ?? null,
    brake,
    frozen: drift,
    openTrades,
  };
}

async function openDrift(
  db: Database,
  account: string,
  instrument: InstrumentId,
): Promise<string | null> {
  const rows = await db
    .select({ detail: incidents.detail })
    .from(incidents)
    .where(
      and(
        eq(incidents.account, account),
        eq(incidents.instrument, instrument),
        eq(incidents.kind, DRIFT),
        isNull(incidents.resolvedAt),
      ),
    )
    .limit(1);
  return rows[0]?.detail ?? null;
}

async function loadOpenTradeKeys(
  db: Database,
  account: string,
): Promise<{ tradeId: TradeId; instrument: InstrumentId }[]> {
  const rows = await db
    .select({ id: trades.id, instrument: trades.instrument })
    .from(trades)
    .where(and(eq(trades.account, account), NOT_ENDED));
  return rows.map((row) => ({
    tradeId: row.id as TradeId,
    instrument: row.instrument as InstrumentId,
  }));
}

/** Equity and available balance as of the newest snapshot of the gateway. */
export async function newestBalance(
  db: Database,
  account: string,
): Promise<{ equity: Money; available: Money } | null> {
  const rows = await db
    .select()
    .from(portfolioSnapshots)
    .where(eq(portfolioSnapshots.account, account))
    .orderBy(desc(portfolioSnapshots.at))
    .limit(1);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    equity: { amount: row.equity, currency: row.currency },
    available: { amount: row.available, currency: row.currency },
  };
}
