import type { Broker } from '@ballast/brokers';
import type { InstrumentId, Quote } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { BRAKE_COOLING_MS } from '@ballast/order-core';
import type { Journal } from '../src/journal/journal.ts';
import type { Stage } from '../src/journal/stage.ts';
import type { Work } from '../src/journal/work.ts';
import { startTrading } from '../src/trading.ts';
import type { Disk } from './disk.ts';
import { type CommitFate, memoryStore, type Mutex, type StoreUser } from './memory-store.ts';
import { processClock, type VirtualTime } from './virtual-time.ts';

/** One life of the gateway: the product's own wiring on a virtual clock and a store in memory. */
export type GatewayProcess = StoreUser & {
  /** Null until it has recovered, and again when it is dead. */
  journal(): Journal | null;
  readonly number: number;
  /** Why it ended itself, if it did. */
  fault(): Error | null;
};

const log = createLogger('simulation', 'silent');
const STORE_LATENCY_MS = 2;

export function startProcess(parts: {
  readonly number: number;
  readonly time: VirtualTime;
  readonly disk: Disk;
  readonly lock: Mutex;
  readonly broker: Broker;
  readonly quotes: ReadonlyMap<InstrumentId, Quote>;
  readonly sweepEveryMs: number;
  readonly newId: () => string;
  readonly fate: (promises: number) => CommitFate;
  readonly onWrite: (stage: Stage, epoch: number) => void;
  /** Told once, with the reason if it ended itself. */
  readonly onDeath: (process: GatewayProcess, fault: Error | null) => void;
}): GatewayProcess {
  const { time, broker, newId } = parts;
  let alive = true;
  let journal: Journal | null = null;
  let fault: Error | null = null;
  const death = Promise.withResolvers<void>();
  const streams: { close(): void }[] = [];
  const clock = processClock(time, () => alive);

  function end(reason: Error | null): void {
    if (!alive) return;
    alive = false;
    journal = null;
    fault = reason;
    for (const stream of streams) stream.close();
    death.resolve();
    parts.onDeath(self, reason);
  }
  const self: GatewayProcess = {
    number: parts.number,
    death: death.promise,
    isAlive: () => alive,
    die: () => end(null),
    journal: () => journal,
    fault: () => fault,
  };
  const store = memoryStore({
    disk: parts.disk,
    lock: parts.lock,
    user: self,
    pause: () => clock.sleep(STORE_LATENCY_MS),
    now: () => clock.now(),
    fate: parts.fate,
    onWrite: parts.onWrite,
  });
  const mortal = mortalBroker(broker, self, streams);
  const context = { log, onClose: () => undefined, fail: end };
  void startTrading(context, {
    ...{ store, broker: mortal, quotes: parts.quotes, sweepEveryMs: parts.sweepEveryMs },
    ...{ clock, newId, count: () => undefined, brakeCoolingMs: BRAKE_COOLING_MS },
  }).then(
    (started) => {
      if (alive) journal = started.journal;
    },
    (error: unknown) => end(error instanceof Error ? error : new Error(String(error))),
  );
  return self;
}

/** A dead process sends nothing and hears nothing: what was asked for is never answered. */
function mortalBroker(broker: Broker, user: StoreUser, streams: { close(): void }[]): Broker {
  const never = new Promise<never>(() => undefined);
  const guarded = async <T>(send: () => Promise<T>): Promise<T> => {
    if (!user.isAlive()) return never;
    try {
      const answer = await send();
      return user.isAlive() ? answer : await never;
    } catch (error) {
      if (!user.isAlive()) return never;
      throw error;
    }
  };
  return {
    venue: broker.venue,
    account: broker.account,
    capabilities: broker.capabilities,
    submit: (order) => guarded(() => broker.submit(order)),
    cancel: (order) => guarded(() => broker.cancel(order)),
    findOrder: (order) => guarded(() => broker.findOrder(order)),
    executionsOf: (order) => guarded(() => broker.executionsOf(order)),
    openOrders: () => guarded(() => broker.openOrders()),
    executionsSince: (since) => guarded(() => broker.executionsSince(since)),
    positions: () => guarded(() => broker.positions()),
    balance: () => guarded(() => broker.balance()),
    openStream(handlers) {
      const stream = broker.openStream(handlers);
      streams.push(stream);
      return stream;
    },
  };
}

/** A command as it comes off the bus, its signature checked already. */
export function commandWork(
  command: Extract<Work, { type: 'command' }>['command'],
  at: number,
): Work {
  return { type: 'command', entryId: `${at}-0`, command, at, expired: false };
}
