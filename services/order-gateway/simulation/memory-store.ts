import {
  brakeFromStored,
  type BrakeReading,
  releasedBrake,
  type RiskFacts,
  storedBrake,
} from '@ballast/order-core';
import type { Stage, StagedFill } from '../src/journal/stage.ts';
import type { Store, StoreTransaction } from '../src/store/store.ts';
import {
  bookOf,
  checkKeys,
  type Disk,
  fillKey,
  highestRevision,
  isNew,
  keep,
  StoreFault,
  unansweredCalls,
} from './disk.ts';
import { tradingHistoryOf } from './trading-history.ts';

/** How a commit goes; asked for each. */
export type CommitFate =
  | 'kept'
  /** The connection is lost before the commit: nothing is kept. */
  | 'lost'
  /** It is kept and its answer is lost. */
  | 'torn'
  /** The process dies right before, or right after it. */
  | 'diesBefore'
  | 'diesAfter';

/** The process that uses the store: once it is dead nothing of it reaches the disk. */
export type StoreUser = {
  isAlive(): boolean;
  /** Resolves when it dies: its connections are closed and its locks are free. */
  readonly death: Promise<void>;
  die(): void;
};

export type Mutex = { tail: Promise<void> };

/** The gateway's store in memory: the same transactions, unique keys and fence as Postgres. */
export function memoryStore(around: {
  readonly disk: Disk;
  /** One exclusive transaction at a time, whoever asks: as the fence's row lock makes it. */
  readonly lock: Mutex;
  readonly user: StoreUser;
  readonly pause: () => Promise<void>;
  readonly now: () => number;
  /** `promises`: requests that leave after this commit. */
  readonly fate: (promises: number) => CommitFate;
  readonly onWrite: (stage: Stage, epoch: number) => void;
}): Store {
  const { disk, lock, user, pause } = around;

  async function commit(writes: readonly Write[]): Promise<void> {
    const fate = around.fate(writes.reduce((sum, write) => sum + write.promises, 0));
    if (fate === 'diesBefore') user.die();
    if (fate === 'lost' || !user.isAlive()) throw new StoreFault('08006', 'connection lost');
    for (const write of writes) write.keep();
    if (fate === 'diesAfter') user.die();
    if (fate !== 'kept') throw new StoreFault('08006', 'connection lost');
  }

  return {
    async takeFence() {
      await pause();
      return exclusive(lock, user, async () => {
        disk.epoch += 1;
        disk.commits = 0;
        disk.brake ??= storedBrake(releasedBrake('first start of the account', 'ballast'));
        return disk.epoch;
      });
    },
    async loadBook() {
      await pause();
      return bookOf(disk);
    },
    async transaction(run) {
      await pause();
      return exclusive(lock, user, async () => {
        const writes: Write[] = [];
        const answer = await run(transactionOn(disk, writes, around));
        await pause();
        await commit(writes);
        return answer;
      });
    },
    ...questionsTo(disk, pause),
  };
}

type Questions = Omit<Store, 'takeFence' | 'loadBook' | 'transaction'>;

/** What is asked outside of transactions. */
function questionsTo(disk: Disk, pause: () => Promise<void>): Questions {
  return {
    instruments: async () => disk.instruments,
    brake: async () => factOf(brakeFromStored(disk.brake)),
    // Nobody looks for bars here.
    entryFacts: async ({ now, recentWithinMs }) => ({
      history: tradingHistoryOf([...disk.trades.values()], now, recentWithinMs),
      coverage: [],
    }),
    async openOutbox() {
      return [...disk.outbox]
        .filter(([, row]) => !row.done)
        .map(([id, { tradeId }]) => ({ id, tradeId }));
    },
    unansweredCalls: async () => unansweredCalls(disk.audit),
    newestFillTime: async () =>
      [...disk.fills.values()].reduce((newest, { fill }) => Math.max(newest, fill.eventTime), 0),
    firstSnapshotSince: async (from) => disk.snapshots.find(({ at }) => at >= from) ?? null,
    async bookedRevisions(executionIds) {
      await pause();
      const found = new Map<string, StagedFill['fill']>();
      for (const id of executionIds) {
        const revision = highestRevision(disk, id) ?? -1;
        const fill = disk.fills.get(fillKey(id, revision))?.fill;
        if (fill !== undefined) found.set(id, fill);
      }
      return found;
    },
    tradeOfOrder: async (clientOrderId) => disk.orders.get(clientOrderId) ?? null,
    lastEvents: async () => ({ events: [], audit: [] }),
  };
}

type Write = { readonly promises: number; readonly keep: () => void };

function transactionOn(
  disk: Disk,
  writes: Write[],
  { onWrite, now }: Pick<Parameters<typeof memoryStore>[0], 'onWrite' | 'now'>,
): StoreTransaction {
  return {
    async count() {
      const keepCount = (): void => {
        disk.commits += 1;
      };
      writes.push({ promises: 0, keep: keepCount });
      return { epoch: disk.epoch, commits: disk.commits + 1, now: now() };
    },
    knownCommands: async (ids) => new Set(ids.filter((id) => disk.commands.has(id))),
    async storeCommands(works) {
      const stored = works.filter((work) => isNew(disk, work));
      const keepCommands = (): void => {
        for (const { command } of stored) {
          disk.commands.set(command.id, command.type);
          disk.nonces.add(`${command.producer} ${command.nonce}`);
        }
      };
      writes.push({ promises: 0, keep: keepCommands });
      return new Set(stored.map(({ command }) => command.id));
    },
    async trades(ids) {
      const found = ids.flatMap((id) => disk.trades.get(id) ?? []);
      return new Map(found.map((trade) => [trade.id, trade]));
    },
    async unattributed(ids) {
      const found = ids.flatMap((id) => disk.unattributed.get(id) ?? []);
      return new Map(found.map((record) => [record.id, record]));
    },
    async tradesOfExecutions(executionIds) {
      const owners = executionIds.flatMap((id) => {
        const owner = disk.owners.get(id);
        return owner === undefined ? [] : [[id, owner] as const];
      });
      return new Map(owners);
    },
    async executions(executionIds) {
      const booked = executionIds.flatMap((id) => {
        const staged = disk.fills.get(fillKey(id, highestRevision(disk, id) ?? -1));
        return staged === undefined ? [] : [[id, staged] as const];
      });
      return new Map(booked);
    },
    async write(stage, auditRows, { epoch }) {
      checkKeys(disk, stage, auditRows);
      const keepStage = (): void => {
        onWrite(stage, epoch);
        keep(disk, stage, auditRows);
      };
      writes.push({ promises: stage.effects.length, keep: keepStage });
    },
  };
}

async function exclusive<T>(lock: Mutex, user: StoreUser, run: () => Promise<T>): Promise<T> {
  const before = lock.tail;
  const { promise, resolve } = Promise.withResolvers<void>();
  lock.tail = Promise.race([promise, user.death]);
  await before;
  try {
    return await run();
  } finally {
    resolve();
  }
}

function factOf(brake: BrakeReading): RiskFacts['brake'] {
  if (brake.status === 'released' || brake.status === 'unreadable') return brake.status;
  return 'engaged';
}
