import type { Broker } from '@ballast/brokers';
import type { InstrumentId, Quote } from '@ballast/domain';
import type { ServiceContext } from '@ballast/observability';
import type { Clock } from './clock.ts';
import type { Journal } from './journal/journal.ts';
import { openJournal } from './journal/open-journal.ts';
import { type AccountWatch, createAccountWatch } from './portfolio/account-watch.ts';
import { withBalanceAfterFill } from './portfolio/balance-after-fill.ts';
import { firstSweepSince, recover } from './recovery.ts';
import type { Store } from './store/store.ts';
import { startTradeClock } from './trade-clock.ts';
import { auditedBroker } from './venue/audited-broker.ts';
import { connectVenue } from './venue/connection.ts';
import { createDriftCheck } from './venue/drift.ts';
import { createInbox } from './venue/inbox.ts';
import { createPerformer } from './venue/performer.ts';
import { createRouter } from './venue/routing.ts';
import { createSweep } from './venue/sweep.ts';

/**
 * Takes the account's fence and recovers: the journal with its book, the performer that carries
 * out what commits promise, the stream and the sweep that bring back what the venue did. Resolves
 * when ledger and venue have been compared once; before that nobody may give commands.
 */
export async function startTrading(
  context: ServiceContext,
  parts: {
    store: Store;
    broker: Broker;
    quotes: ReadonlyMap<InstrumentId, Quote>;
    sweepEveryMs: number;
    clock: Clock;
    newId: () => string;
    count: (kind: string) => void;
  },
): Promise<{ journal: Journal; watch: AccountWatch; behind: () => string | null }> {
  const { log, onClose, fail } = context;
  const { store, broker, quotes, clock, newId, count } = parts;
  const now = (): number => clock.now();
  const { account } = broker;
  const tools = { account, clock, now, newId, log };
  const journal: Journal = await openJournal({
    ...tools,
    capabilities: broker.capabilities,
    store,
    quotes,
    fatal: fail,
    balance: () => watch.balance(),
    balanceAt: () => watch.balanceAt(),
    behind: () => venue.behind(),
    perform: (effects) => performer.perform(effects),
  });
  onClose(() => journal.close(), 'journal');
  const audited = auditedBroker(broker, journal, tools);
  const watch = createAccountWatch(store, audited, journal, now);
  const performer = createPerformer(audited, () => journal, tools);
  onClose(() => performer.close(), 'performer');

  const inbox = createInbox(
    journal,
    createRouter(store, () => journal.book),
    { ...tools, known: (kind, detail) => store.incidentKnown(kind, detail) },
  );
  const drift = createDriftCheck(journal, audited, tools);
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
    clock,
    log,
    count,
    everyMs: parts.sweepEveryMs,
    async sweep() {
      await sweep();
      await watch.refresh();
    },
  });
  onClose(() => venue.close(), 'venue');
  const tradeClock = startTradeClock(journal, clock);
  onClose(() => tradeClock.stop(), 'trade clock');
  await venue.recovered();
  return { journal, watch, behind: () => venue.behind() };
}
