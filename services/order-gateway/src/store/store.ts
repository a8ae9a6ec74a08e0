import type { BookedExecution, BookedRevision, EntryQuestion, LastEvents } from '@ballast/db';
import type { Instrument, InstrumentId, Money, TradeId } from '@ballast/domain';
import type {
  KnownCoverage,
  RiskFacts,
  Trade,
  TradingHistory,
  Unattributed,
} from '@ballast/order-core';
import type { CommandWork } from '../journal/accept-commands.ts';
import type { AuditEntry } from '../journal/audit-rows.ts';
import type { Book } from '../journal/book.ts';
import type { Stage } from '../journal/stage.ts';

/**
 * Everything the gateway keeps of one account, as one port: Postgres in production, memory with the
 * same transactions in the simulation.
 */
export type Store = {
  /**
   * From now on every other holder's transactions fail their check. The first start releases the
   * brake, since no row at all counts as engaged.
   */
  takeFence(holder: string, now: number, brakeId: string): Promise<number>;
  /** As the last commit left it; asked once, after the fence is taken. */
  loadBook(): Promise<Book>;
  /**
   * Commits when `run` resolves and leaves no trace when it rejects. A rejection of the commit
   * itself may come from one that was carried out.
   */
  transaction<T>(run: (tx: StoreTransaction) => Promise<T>): Promise<T>;
  instruments(): Promise<readonly Instrument[]>;
  brake(): Promise<RiskFacts['brake']>;
  /** What the pre-trade rules need of the past, and of the bars behind a plan. */
  entryFacts(question: EntryQuestion): Promise<{
    readonly history: TradingHistory;
    readonly coverage: readonly (KnownCoverage & { readonly instrument: InstrumentId })[];
  }>;
  /** Promises of earlier epochs that nobody has answered. */
  openOutbox(): Promise<readonly { id: string; tradeId: string }[]>;
  /** Broker calls whose process ended before the answer was stored. */
  unansweredCalls(headSeq: number): Promise<readonly { callId: string; tradeId: string | null }[]>;
  /** Newest execution time in the ledger (epoch ms), 0 for an empty one. */
  newestFillTime(): Promise<number>;
  firstSnapshotSince(from: number): Promise<{ readonly equity: Money['amount'] } | null>;
  /** The highest revision that is booked, by execution id; others are not in the answer. */
  bookedRevisions(executionIds: readonly string[]): Promise<ReadonlyMap<string, BookedRevision>>;
  /** The trade of an order that this account made, or null: then it is not ours. */
  tradeOfOrder(clientOrderId: string): Promise<string | null>;
  /** The newest events of the trades in an instrument, and their rows in the audit log. */
  lastEvents(instrument: InstrumentId): Promise<LastEvents>;
};

/** One transaction: what it reads is locked until it ends. */
export type StoreTransaction = {
  /**
   * Counts the transaction: `commits` is its number within the epoch, from 1. `now` is epoch ms by
   * the store's own clock.
   */
  count(): Promise<{
    readonly epoch: number;
    readonly commits: number;
    readonly now: number;
  } | null>;
  /** Which of these commands were taken, ever. */
  knownCommands(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Gives the ids of those stored: a command whose id or nonce was used before is not. */
  storeCommands(works: readonly CommandWork[]): Promise<ReadonlySet<string>>;
  trades(ids: readonly TradeId[]): Promise<ReadonlyMap<TradeId, Trade>>;
  /** Of these ids the records of what Ballast did not do, ended ones included. */
  unattributed(ids: readonly TradeId[]): Promise<ReadonlyMap<TradeId, Unattributed>>;
  /** The trades, or such records, in which these executions are booked in the newest revision. */
  tradesOfExecutions(executionIds: readonly string[]): Promise<ReadonlyMap<string, TradeId>>;
  /** As they are booked in their newest revision. */
  executions(executionIds: readonly string[]): Promise<ReadonlyMap<string, BookedExecution>>;
  write(
    stage: Stage,
    auditRows: readonly AuditEntry[],
    scope: { epoch: number; now: number },
  ): Promise<void>;
};
