import type { Broker } from '@ballast/brokers';
import type { InstrumentId, Quote, VenueConditions } from '@ballast/domain';
import type { ServiceContext } from '@ballast/observability';
import { brakedBroker } from './brake/braked-broker.ts';
import { type BrakeWatch, createBrakeWatch } from './brake/watch.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal/journal.ts';
import { openJournal } from './journal/open-journal.ts';
import { type AccountWatch, createAccountWatch } from './portfolio/account-watch.ts';
import { withBalanceAfterFill } from './portfolio/balance-after-fill.ts';
import { firstSweepSince, recover } from './recovery.ts';
import type { Store } from './store/store.ts';
import { startTradeClock } from './trade-clock.ts';
import { auditedBroker, type BrokerCalls } from './venue/audited-broker.ts';
import { connectVenue } from './venue/connection.ts';
import { createDriftCheck, type DriftTools } from './venue/drift.ts';
import { createEquality } from './venue/equality.ts';
import { createEvidence } from './venue/evidence.ts';
import { heldBroker } from './venue/held-broker.ts';
import { createInbox, type Inbox } from './venue/inbox.ts';
import { tellOrderLimits } from './venue/order-limits.ts';
import { createPerformer } from './venue/performer.ts';
import { createRouter } from './venue/routing.ts';
import { createSweep } from './venue/sweep.ts';

export type Trading = {
  readonly journal: Journal;
  readonly watch: AccountWatch;
  readonly brake: BrakeWatch;
  readonly behind: () => string | null;
};

type TradingParts = {
  readonly store: Store;
  readonly broker: Broker;
  readonly quotes: ReadonlyMap<InstrumentId, Quote>;
  readonly sweepEveryMs: number;
  readonly brakeCoolingMs: number;
  /** What the venue's clock says: hours and quiet times, as far as they are known. */
  readonly conditions?: (() => Omit<VenueConditions, 'capabilities'>) | undefined;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly count: (kind: string) => void;
  /** Keeps what of the stream could not be read. */
  readonly odd?: ((code: string, detail: string, raw?: string) => void) | undefined;
};

/**
 * Takes the account's fence and recovers: the journal with its book, the performer that carries
 * out what commits promise, the stream and the sweep that bring back what the venue did. Resolves
 * when ledger and venue have been compared once; before that nobody may give commands.
 */
export async function startTrading(
  context: Pick<ServiceContext, 'log' | 'onClose' | 'fail'>,
  parts: TradingParts,
): Promise<Trading> {
  const { log, onClose, fail } = context;
  const { store, broker, quotes, clock, newId, count } = parts;
  const now = (): number => clock.now();
  const { account } = broker;
  const tools = { account, clock, now, newId, log };
  const equality = createEquality();
  const journal: Journal = await openJournal({
    ...tools,
    equalIn: equality.equalIn,
    capabilities: broker.capabilities,
    ...(parts.conditions === undefined ? {} : { conditions: parts.conditions }),
    store,
    quotes,
    fatal: fail,
    balance: () => watch.balance(),
    balanceAt: () => watch.balanceAt(),
    behind: () => venue.behind(),
    perform: (effects) => performer.perform(effects),
  });
  onClose(() => journal.close(), 'journal');
  const braked = brakedBroker(broker, () => journal.book.brake);
  const held = heldBroker(braked, () => journal.book);
  const audited = auditedBroker(held, journal, tools);
  const lots = async () =>
    new Map((await store.instruments()).map(({ id, lotSize }) => [id, lotSize]));
  const coolingMs = parts.brakeCoolingMs;
  const brake = createBrakeWatch([audited], { journal, ...tools, coolingMs, lots });
  onClose(() => brake.stop(), 'brake');
  const watch = createAccountWatch(store, audited, journal, now);
  const performer = createPerformer(audited, () => journal, tools);
  onClose(() => performer.close(), 'performer');

  const told = { ...tools, equality, compared: brake.compared };
  const { inbox, sweep } = await openLedgerSweep(store, audited, journal, told);
  log.info(await recover(store, journal, tools), 'recovering');
  const seen = withBalanceAfterFill(
    inbox,
    () => watch.refresh(),
    (error) => log.warn({ err: error }, 'balance after a fill not read; the sweep reads it'),
    clock,
  );
  onClose(() => seen.stop(), 'balance after fill');
  const venue = connectVenue({
    broker,
    inbox: seen.inbox,
    ...{ clock, log, count, odd: parts.odd },
    everyMs: parts.sweepEveryMs,
    async sweep() {
      await tellOrderLimits(store, journal, now());
      await sweep();
      await watch.refresh();
      await brake.afterSweep(watch.balance());
    },
  });
  onClose(() => venue.close(), 'venue');
  const tradeClock = startTradeClock(journal, clock);
  onClose(() => tradeClock.stop(), 'trade clock');
  await venue.recovered();
  return { journal, watch, brake, behind: () => venue.behind() };
}

/** The door for what the venue says, and the sweep that compares it with the ledger. */
async function openLedgerSweep(
  store: Store,
  broker: BrokerCalls,
  journal: Journal,
  tools: DriftTools & { readonly now: () => number },
): Promise<{ inbox: Inbox; sweep: () => Promise<void> }> {
  const route = createRouter(store, () => journal.book);
  const inbox = createInbox(journal, route, tools);
  const evidence = createEvidence(broker, store, journal, tools.now);
  const drift = createDriftCheck(journal, broker, { ...tools, evidence });
  const firstSince = await firstSweepSince(store, journal, tools);
  const { now, log } = tools;
  const sweep = createSweep({ store, broker, journal, inbox, drift, log, now, firstSince });
  return { inbox, sweep };
}
