import { type Database, openDatabase, orders } from '@ballast/db';
import {
  type Command,
  commandWire,
  type Fill,
  type InstrumentId,
  type OrderReport,
  parseQuantity,
  parseScaled,
  type Quantity,
  type Quote,
  type VenueCapabilities,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { brakedBroker } from '../src/brake/braked-broker.ts';
import { createBrakeWatch } from '../src/brake/watch.ts';
import { type Clock, SYSTEM_CLOCK } from '../src/clock.ts';
import { openJournal } from '../src/journal/open-journal.ts';
import type { Work } from '../src/journal/work.ts';
import { firstSweepSince, recover } from '../src/recovery.ts';
import { postgresStore } from '../src/store/postgres-store.ts';
import { startTradeClock } from '../src/trade-clock.ts';
import { auditedBroker } from '../src/venue/audited-broker.ts';
import { createDriftCheck } from '../src/venue/drift.ts';
import { createEquality } from '../src/venue/equality.ts';
import { heldBroker } from '../src/venue/held-broker.ts';
import { createInbox } from '../src/venue/inbox.ts';
import { createPerformer } from '../src/venue/performer.ts';
import { createRouter } from '../src/venue/routing.ts';
import { createSweep } from '../src/venue/sweep.ts';
import { balanceOf, BTC, newId, openCommand, quoteNow, REDUCE_ONLY } from './gateway.fixture.ts';
import { createVenue } from './mortal-venue.fixture.ts';

const log = createLogger('test', 'silent');
export const COOLING_MS = 24 * 3_600_000;
/** A look at the venues, and the trades' own questions, are due within this. */
const STEP_MS = 2_000;

/** Time that stands still until the test moves it; what was waited for is then called in order. */
export function handClock(start: number) {
  let time = start;
  let waiting: { at: number; act: () => void }[] = [];
  const clock: Clock = {
    ...SYSTEM_CLOCK,
    now: () => time,
    after(ms, act) {
      const entry = { at: time + ms, act };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
  };
  return {
    clock,
    pass(ms: number): void {
      time += ms;
      const due = waiting.filter(({ at }) => at <= time).toSorted((a, b) => a.at - b.at);
      waiting = waiting.filter(({ at }) => at > time);
      for (const { act } of due) act();
    },
  };
}

export type SharedVenue = ReturnType<typeof createSharedVenue>;

/** The same venue with somebody else on the account: orders and a position that we did not make. */
export function createSharedVenue(account: string, now: () => number) {
  const venue = createVenue(account, now);
  const { openOrders, positions, cancel } = venue.broker;
  const others = new Map<string, OrderReport>();
  let foreign = 0n;
  venue.broker.openOrders = async () => [...(await openOrders()), ...others.values()];
  venue.broker.positions = async () =>
    (await positions()).map((row) => ({ ...row, quantity: (row.quantity + foreign) as Quantity }));
  venue.broker.cancel = async (order) => {
    if (!others.delete(order.clientOrderId)) await cancel(order);
  };
  return {
    ...venue,
    addForeign(quantity: string): void {
      foreign += parseScaled(quantity);
    },
    addOrder(clientOrderId: string): void {
      others.set(clientOrderId, {
        ...{ clientOrderId, venueOrderId: `of others ${others.size}`, instrument: BTC },
        ...{ status: 'working', side: 'buy', quantity: parseQuantity('1') },
        ...{ filledQuantityCum: parseQuantity('0'), reason: '', eventTime: now() },
      });
    },
    foreign: () => foreign,
    otherIds: () => [...others.keys()],
  };
}

export type BrakedGateway = Awaited<ReturnType<typeof beginBraked>>;

/** The gateway's core with its brake, as `startTrading` puts it together, on a clock by hand. */
export async function beginBraked(around: {
  databaseUrl: string;
  account: string;
  venue: Pick<SharedVenue, 'broker'>;
  hand: ReturnType<typeof handClock>;
  exits?: VenueCapabilities['exits'];
}) {
  const { databaseUrl, account, venue, hand, exits = 'reduceOnly' } = around;
  const { clock } = hand;
  const now = (): number => clock.now();
  const db: Database = openDatabase(databaseUrl, { onError: () => undefined });
  const store = postgresStore(db, account);
  const fatal: Error[] = [];
  const quotes = new Map<InstrumentId, Quote>();
  const equality = createEquality();
  const journal = await openJournal({
    ...{ store, account, quotes, log, clock, newId },
    capabilities: { ...REDUCE_ONLY, exits },
    equalIn: (instrument) => equality.equalIn(instrument),
    behind: () => null,
    balance: () => balanceOf('100000'),
    balanceAt: now,
    perform: (effects) => performer.perform(effects),
    fatal: (error) => fatal.push(error),
  });
  let busy = 0;
  const write = journal.write.bind(journal);
  journal.write = (work) => {
    busy += 1;
    return write(work).finally(() => {
      busy -= 1;
    });
  };
  const tools = { account, clock, now, newId, log };
  const unheard = () => ({ close: () => undefined });
  // The same object, so that a test can take its venue away while the gateway lives.
  const wired = Object.assign(venue.broker, { openStream: unheard });
  const broker = heldBroker(
    brakedBroker(wired, () => journal.book.brake),
    () => journal.book,
  );
  const audited = auditedBroker(broker, journal, tools);
  const performer = createPerformer(audited, () => journal, tools);
  // At hand, so that no look is under way that `quiet` does not see.
  const known = new Map((await store.instruments()).map(({ id, lotSize }) => [id, lotSize]));
  const lots = async () => known;
  const watch = createBrakeWatch([audited], { journal, clock, log, coolingMs: COOLING_MS, lots });
  const route = createRouter(store, () => journal.book);
  const inbox = createInbox(journal, route, tools);
  const drift = createDriftCheck(journal, audited, {
    ...tools,
    compared: watch.compared,
    equality,
  });
  const firstSince = await firstSweepSince(store, journal, tools);
  const sweep = createSweep({
    store,
    broker: audited,
    journal,
    inbox,
    drift,
    log,
    now,
    firstSince,
  });
  await recover(store, journal, tools);
  const tradeClock = startTradeClock(journal, clock);

  async function quiet(): Promise<void> {
    for (let turns = 0; turns < 8; turns = busy === 0 ? turns + 1 : 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    db,
    journal,
    watch,
    fatal,
    now,
    pass: (ms: number) => hand.pass(ms),
    quiet,
    /** A fill nobody expected any more, for the newest entry there ever was; none without one. */
    async lateFill(make: (clientOrderId: string, quantity: Quantity) => Fill): Promise<void> {
      const stored = (await db.select().from(orders)).filter(({ role }) => role === 'entry');
      const known = await Promise.all(stored.map((row) => store.tradeOfOrder(row.clientOrderId)));
      const own = stored.filter((_, index) => known[index] !== null);
      const newest = own.toSorted((a, b) => b.createdAt - a.createdAt)[0];
      if (newest === undefined || newest.filledQuantityCum > 0n) return;
      const fill = { ...make(newest.clientOrderId, newest.quantity as Quantity), account };
      await inbox.fill(fill, 'stream');
    },
    send: (command: Command) => journal.write(asWork(command)),
    open(): Command {
      quotes.set(BTC, { ...quoteNow(BTC), eventTime: now(), receivedTime: now() });
      return datedBy(openCommand(), now());
    },
    command: (type: 'engageBrake' | 'releaseBrake', reason = 'test') =>
      brakeCommand(type, account, reason, now()),
    /** A sweep, then the balance that belongs to it. */
    async sweep(equity = '100000'): Promise<void> {
      await sweep();
      await watch.afterSweep(balanceOf(equity));
      await quiet();
    },
    /** Lets time pass in steps until it holds. */
    async until(holds: () => boolean, steps = 40): Promise<void> {
      for (let step = 0; step < steps && !holds(); step += 1) {
        hand.pass(STEP_MS);
        await quiet();
        await sweep().catch(() => undefined);
        await quiet();
      }
      if (!holds()) throw new Error(`does not hold after ${steps} steps`);
    },
    /** Without a goodbye to anybody: what is not in the database is lost. */
    async kill(): Promise<void> {
      tradeClock.stop();
      await watch.stop();
      await journal.close();
      await db.close();
    },
  };
}

export function brakeCommand(
  type: 'engageBrake' | 'releaseBrake',
  account: string,
  reason: string,
  issuedAt: number,
): Command {
  const { id, producer, actor, mode, nonce, version } = openCommand();
  const header = { version, id, producer, actor, account, mode, nonce, issuedAt };
  return commandWire.parse({ ...header, expiresAt: issuedAt + 8_000, type, body: { reason } });
}

function datedBy(command: Command, issuedAt: number): Command {
  return { ...command, issuedAt, expiresAt: issuedAt + 8_000 };
}

export function asWork(command: Command): Work {
  return { type: 'command', entryId: '1-1', command, at: command.issuedAt, expired: false };
}
