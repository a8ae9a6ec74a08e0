import type { InstrumentId, TradeId } from '@ballast/domain';
import type { Failing, Logger } from '@ballast/observability';
import { ENDED, type Trade } from '@ballast/order-core';
import { engagingFirst } from '../brake/engaging-first.ts';
import type { Clock } from '../clock.ts';
import type { Store, StoreTransaction } from '../store/store.ts';
import { acceptCommands, isExpired } from './accept-commands.ts';
import { movableIn } from './attribute.ts';
import { auditOfStage, chain } from './audit-rows.ts';
import type { Book, OpenIncident } from './book.ts';
import { failingToStore } from './failing-to-store.ts';
import { JournalError } from './journal-error.ts';
import type { StageContext } from './stage-context.ts';
import { Stage, type StagedEffect } from './stage.ts';
import type { Work } from './work.ts';

/** Works of one transaction. */
const BATCH_MAX = 256;
/** Waiting works; beyond this the process is stuck and must say so instead of growing. */
const QUEUE_MAX = 20_000;
const RETRY_FIRST_MS = 50;
const RETRY_LAST_MS = 5_000;

type Waiting = { work: Work; done: () => void; failed: (error: Error) => void };

export type JournalOptions = {
  readonly store: Store;
  readonly account: string;
  readonly epoch: number;
  readonly book: Book;
  readonly log: Logger;
  readonly clock: Clock;
  /**
   * Facts for the pre-trade rules, read afresh for each transaction that holds a command; the
   * instruments also for one that holds a foreign fill.
   */
  readonly context: (
    holdsCommand: boolean,
    holdsForeign: boolean,
    entered: readonly InstrumentId[],
  ) => Promise<Omit<StageContext, 'storeNow' | 'apart'>>;
  /** Called after the commit, in order, with what is now promised. */
  readonly perform: (effects: readonly StagedEffect[]) => void;
  /** The fence is lost or an invariant is broken: the process must end. */
  readonly fatal: (error: Error) => void;
};

/**
 * The gateway's one writer. Works wait in one queue; all that wait go into one transaction, which
 * holds the fence. Callers are told after the commit; effects leave
 * after the commit.
 */
export class Journal {
  private readonly options: JournalOptions;
  private readonly waiting: Waiting[] = [];
  private running = false;
  private closed = false;
  private readonly listeners: (() => void)[] = [];
  private current: Book;
  private commits = 0;
  /** Since when the works under way are tried to be stored; null while there are none. */
  private storingSince: number | null = null;

  constructor(options: JournalOptions) {
    this.options = options;
    this.current = options.book;
  }

  get book(): Book {
    return this.current;
  }

  /** That what waits cannot be stored, once that has lasted; null while all is well. */
  get failing(): Failing | null {
    return failingToStore(this.storingSince, this.options.clock.now());
  }

  /** Called after each commit, before its effects leave. */
  onCommit(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Resolves when the work is durable. @throws JournalError QUEUE_FULL, CLOSED, FENCED */
  write(work: Work): Promise<void> {
    if (this.closed) return Promise.reject(new JournalError('CLOSED', 'journal is closed'));
    if (this.waiting.length >= QUEUE_MAX) {
      return Promise.reject(new JournalError('QUEUE_FULL', `${QUEUE_MAX} works wait already`));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ work, done: resolve, failed: reject });
      if (!this.running) void this.run();
    });
  }

  /** Refuses new works and resolves once those that wait are durable. */
  async close(): Promise<void> {
    this.closed = true;
    while (this.running) await this.options.clock.sleep(5);
  }

  private async run(): Promise<void> {
    this.running = true;
    await this.options.clock.turn();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH_MAX);
      this.storingSince = this.options.clock.now();
      const error = await this.commitWithRetry(batch);
      this.storingSince = null;
      for (const entry of batch) {
        if (error === null) entry.done();
        else entry.failed(error);
      }
      if (error !== null) {
        this.closed = true;
        for (const entry of this.waiting.splice(0)) entry.failed(error);
        this.options.fatal(error);
      }
    }
    this.running = false;
  }

  /**
   * A database that is away is waited for: the works stay in memory and nothing else
   * is accepted as done.
   */
  private async commitWithRetry(batch: readonly Waiting[]): Promise<Error | null> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const { effects, book } = await this.commit(batch.map(({ work }) => work));
        this.current = book;
        this.commits += 1;
        for (const listener of this.listeners) listener();
        this.options.perform(effects);
        return null;
      } catch (error) {
        // Even while it closes: the next pass refuses the command and keeps the rest of its batch.
        const lapsed = error instanceof JournalError && error.code === 'LAPSED';
        if (!isPassing(error) || (this.closed && !lapsed)) {
          return error instanceof Error ? error : new Error(String(error));
        }
        const pauseMs = Math.min(RETRY_FIRST_MS * 2 ** attempt, RETRY_LAST_MS);
        this.options.log.error(
          { err: error, attempt, pauseMs },
          'journal cannot commit, trying again',
        );
        await this.options.clock.sleep(pauseMs);
      }
    }
  }

  private async commit(works: readonly Work[]): Promise<{ effects: StagedEffect[]; book: Book }> {
    const { store, account, epoch, clock } = this.options;
    return store.transaction(async (tx) => {
      const asks = works.some(({ type }) => type === 'command');
      const isForeign = works.some(({ type }) => type === 'foreignFill');
      // Read meanwhile, on other connections: whoever has the fence is the only one who writes.
      const facts = this.options.context(asks, isForeign, works.flatMap(enteredBy));
      // Awaited below, unless the fence is lost: that comes first.
      facts.catch(() => undefined);
      const held = await tx.count();
      if (held?.epoch !== epoch) {
        const by = held?.epoch ?? 'nobody';
        throw new JournalError('FENCED', `epoch ${epoch} of ${account} was taken over by ${by}`);
      }
      // What it promised is not known here any more: recovery closes it and asks the venue.
      if (held.commits !== this.commits + 1) {
        throw new JournalError('TORN', 'the last commit was carried out and its answer lost');
      }
      const startedAt = clock.now();
      const accepted = await acceptCommands(tx, works, startedAt);
      const base = await this.withTrades(tx, accepted);
      const bookedIn = await tx.tradesOfExecutions(accepted.flatMap(executionsOf));
      const apart = await tx.executions(movableIn(base, accepted));
      const context = { ...(await facts), storeNow: held.now, apart };
      const whole = await withSettled(tx, base, accepted, bookedIn);
      const stage = new Stage(whole, context, startedAt, bookedIn);
      for (const work of engagingFirst(accepted)) stage.add(work);
      const linked = chain(auditOfStage(stage), { account, epoch, head: base.auditHead });
      await tx.write(stage, linked.rows, { epoch, now: clock.now() });
      // A statement that had to wait must not make a trade of what its sender was told has lapsed.
      const lapsed = accepted.some(
        (work) => work.type === 'command' && isExpired(work, clock.now()),
      );
      if (lapsed) throw new JournalError('LAPSED', 'a command expired during its own commit');
      return { effects: stage.effects, book: nextBook(base, stage, linked.head) };
    });
  }

  /**
   * The book with the ended trades of these works, which it no longer holds. The others need no
   * look: whoever has the fence's row has every trade of the account.
   */
  private async withTrades(tx: StoreTransaction, works: readonly Work[]): Promise<Book> {
    const { trades } = this.current;
    const ids = new Set(works.flatMap(tradeIdsOf).filter((id) => !trades.has(id)));
    if (ids.size === 0) return this.current;
    const missing = await tx.trades([...ids]);
    if (missing.size === 0) return this.current;
    return { ...this.current, trades: new Map([...trades, ...missing]) };
  }
}

function tradeIdsOf(work: Work): TradeId[] {
  if (work.type === 'input') return [work.tradeId];
  if (work.type !== 'command' || !('tradeId' in work.command.body)) return [];
  const { tradeId } = work.command.body;
  return tradeId === undefined ? [] : [tradeId];
}

function enteredBy(work: Work): InstrumentId[] {
  if (work.type !== 'command' || work.command.type !== 'openTrade') return [];
  return [work.command.body.plan.instrument];
}

function executionsOf(work: Work): string[] {
  if (work.type === 'foreignFill') return [work.fill.executionId];
  if (work.type !== 'input' || work.input.type !== 'fill') return [];
  return [work.input.fill.executionId];
}

/** The book with the ended owners of foreign fills: a record, or a trade that was given them. */
async function withSettled(
  tx: StoreTransaction,
  book: Book,
  works: readonly Work[],
  bookedIn: ReadonlyMap<string, TradeId>,
): Promise<Book> {
  const owners = works.flatMap((work) =>
    work.type === 'foreignFill' ? (bookedIn.get(work.fill.executionId) ?? []) : [],
  );
  const ids = owners.filter((id) => !book.unattributed.has(id) && !book.trades.has(id));
  if (ids.length === 0) return book;
  const settled = await tx.unattributed(ids);
  const ended = await tx.trades(ids);
  return {
    ...book,
    unattributed: new Map([...book.unattributed, ...settled]),
    trades: new Map([...book.trades, ...ended]),
  };
}

function nextBook(base: Book, stage: Stage, auditHead: Book['auditHead']): Book {
  const trades = new Map<TradeId, Trade>();
  for (const [id, trade] of [...base.trades, ...stage.trades]) {
    if (ENDED.has(trade.status)) trades.delete(id);
    else trades.set(id, trade);
  }
  const incidents = new Map<string, OpenIncident>(base.incidents);
  for (const { id, incident } of stage.opened) incidents.set(id, { id, ...incident });
  for (const { id, by: thawedBy } of stage.thawed) {
    const incident = incidents.get(id);
    if (incident !== undefined) incidents.set(id, { ...incident, thawedBy });
  }
  for (const { id } of stage.resolved) incidents.delete(id);
  const unattributed = new Map([...base.unattributed, ...stage.unattributed.records]);
  for (const [id, { status }] of unattributed) if (status === 'settled') unattributed.delete(id);
  return {
    trades,
    unattributed,
    positions: new Map([...base.positions, ...stage.positions]),
    incidents,
    brake: stage.brake.current,
    auditHead,
  };
}

/**
 * Connection trouble and lock conflicts pass, and so does a transaction that Postgres has ended
 * since this process stood still in it (25P03); anything else in a commit is a fault of ours.
 */
function isPassing(error: unknown): boolean {
  if (error instanceof JournalError) return error.code === 'LAPSED';
  // What is read beside the transaction wraps the reason in the query that failed.
  for (let found = error; found instanceof Error; found = found.cause) {
    const code: unknown = Reflect.get(found, 'code');
    const passes =
      typeof code === 'string'
        ? /^(08|53|57|40|25P03)/.test(code) || /^E[A-Z]+$/.test(code)
        : /timeout|terminated|connect/i.test(found.message);
    if (passes) return true;
  }
  return false;
}
