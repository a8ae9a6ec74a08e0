import type { Instrument, InstrumentId, Money, Quantity } from '@ballast/domain';
import { and, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { incidents, portfolioSnapshots } from '../tables/order-gateway.ts';
import { loadInstruments } from './market-data.ts';
import { loadOpenTradeStates, loadOpenUnattributed, loadPositions } from './order-gateway.ts';
import { brakeInForce } from './settings-in-force.ts';
import {
  type EntryQuestion,
  loadEntryFacts,
  type StoredCoverage,
  type StoredHistory,
} from './trading-history.ts';
import { carriedIn } from './unattributed.ts';

/**
 * The stored part of what the pre-trade rules look at. Prices and the balance of this moment come
 * from the bus: the stored snapshots are hourly.
 */
export type StoredRiskFacts = {
  readonly instrument: Instrument | null;
  /** Every instrument that is known. */
  readonly instruments: readonly Instrument[];
  readonly brake: 'released' | 'engaged' | 'unreadable';
  readonly frozen: string | null;
  /** The order core's states of the trades that have not ended. */
  readonly openTradeStates: readonly unknown[];
  /** Its states of the records of what Ballast did not do and that have not ended. */
  readonly openUnattributedStates: readonly unknown[];
  /** The account's positions, whoever entered them; `cost` at scale 18. */
  readonly ledger: ReadonlyMap<
    InstrumentId,
    { readonly quantity: Quantity; readonly cost: bigint }
  >;
  readonly history: StoredHistory;
  /** Of the instrument; null where nobody looks for its bars. */
  readonly coverage: StoredCoverage | null;
};

export const DRIFT = 'DRIFT';
/** More was exited than entered: the account holds what no trade looks after. */
export const OVERSHOT = 'OVERSHOT';
/** Incidents that let nothing new into their instrument while they are open and not thawed. */
export const FREEZING: readonly string[] = [DRIFT, 'UNATTRIBUTED', OVERSHOT];

export async function loadRiskFacts(
  db: Database,
  account: string,
  instrument: InstrumentId,
  question: Omit<EntryQuestion, 'instruments'>,
): Promise<StoredRiskFacts> {
  const [instruments, brake, frozen, openTradeStates, openUnattributedStates, positions, entry] =
    await Promise.all([
      loadInstruments(db),
      brakeInForce(db, account),
      frozenBy(db, account, instrument),
      loadOpenTradeStates(db, account),
      loadOpenUnattributed(db, account),
      loadPositions(db, account),
      loadEntryFacts(db, account, { ...question, instruments: [instrument] }),
    ]);
  return {
    instrument: instruments.find((candidate) => candidate.id === instrument) ?? null,
    instruments,
    brake,
    frozen,
    openTradeStates,
    openUnattributedStates,
    ledger: new Map(
      positions.map(({ instrument: of, quantity, cost }) => [
        of as InstrumentId,
        { quantity: quantity as Quantity, cost },
      ]),
    ),
    history: entry.history,
    coverage: entry.coverage[0] ?? null,
  };
}

async function frozenBy(
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
        inArray(incidents.kind, [...FREEZING]),
        isNull(incidents.thawedAt),
        isNull(incidents.resolvedAt),
      ),
    )
    .limit(1);
  return rows[0]?.detail ?? (await carriedIn(db, account, instrument));
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
