import type { Database } from '@ballast/db';
import type { InstrumentId, Quote } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { dueAt } from '@ballast/order-core';
import { SYSTEM_CLOCK } from '../src/clock.ts';
import { liveTrades } from '../src/journal/book.ts';
import { openJournal } from '../src/journal/open-journal.ts';
import type { StagedEffect } from '../src/journal/stage.ts';
import { firstSweepSince, recover } from '../src/recovery.ts';
import { postgresStore } from '../src/store/postgres-store.ts';
import { auditedBroker } from '../src/venue/audited-broker.ts';
import { createDriftCheck } from '../src/venue/drift.ts';
import { createInbox } from '../src/venue/inbox.ts';
import { createPerformer } from '../src/venue/performer.ts';
import { createRouter } from '../src/venue/routing.ts';
import { createSweep } from '../src/venue/sweep.ts';
import { balanceOf, newId, REDUCE_ONLY } from './gateway.fixture.ts';
import type { createVenue } from './mortal-venue.fixture.ts';

/** Dies at one commit: `before` it is durable, or right `after`, with nothing said to anybody. */
export type Death = { readonly commit: number; readonly when: 'before' | 'after' };

type Surroundings = {
  readonly db: Database;
  readonly account: string;
  readonly venue: ReturnType<typeof createVenue>;
  readonly quotes: ReadonlyMap<InstrumentId, Quote>;
  readonly now: () => number;
};

const log = createLogger('test', 'silent');
const QUIET_TURNS = 5;

/**
 * One life of the gateway's core, as `startTrading` puts it together, on the stores and the venue
 * that outlive it. From its death on it writes nothing, sends nothing and hears nothing.
 */
export async function beginLife(around: Surroundings, death: Death | null) {
  const { db, account, venue, quotes, now } = around;
  const store = postgresStore(db, account);
  const clock = { ...SYSTEM_CLOCK, now };
  let dead = false;
  let commits = 0;
  let busy = 0;
  const die = (when: Death['when']): void => {
    if (death === null || dead || death.when !== when || commits < death.commit) return;
    dead = true;
    throw new Error('killed');
  };
  const journal = await openJournal({
    ...{ store, account, capabilities: REDUCE_ONLY, quotes, log, clock, newId },
    behind: () => null,
    balance() {
      commits += 1;
      die('before');
      return balanceOf('100000');
    },
    balanceAt: () => now(),
    perform(effects: readonly StagedEffect[]) {
      die('after');
      performer.perform(effects);
    },
    fatal(error) {
      if (!dead) throw error;
    },
  });
  const write = journal.write.bind(journal);
  journal.write = (work) => {
    busy += 1;
    return write(work).finally(() => {
      busy -= 1;
    });
  };
  const tools = { account, clock, now, newId, log };
  const broker = auditedBroker({ ...venue.broker, openStream: unheard }, journal, tools);
  const performer = createPerformer(broker, () => journal, { now, log });
  const route = createRouter(store, () => journal.book);
  const inbox = createInbox(journal, route, tools);
  const drift = createDriftCheck(journal, broker, tools);
  const firstSince = await firstSweepSince(store, journal, tools);
  const sweep = createSweep({ store, broker, journal, inbox, drift, log, now, firstSince });

  return {
    journal,
    inbox,
    sweep,
    recover: () => recover(store, journal, tools),
    isDead: () => dead,
    clock: () =>
      Promise.all(
        liveTrades(journal.book)
          .filter((trade) => (dueAt(trade) ?? Number.POSITIVE_INFINITY) <= now())
          .map(({ id: tradeId }) => {
            const input = { type: 'clock', at: now() } as const;
            return journal.write({ type: 'input', tradeId, input });
          }),
      ),
    /** Resolves when nothing is being written or asked any more. */
    async quiet(): Promise<void> {
      for (let turns = 0; turns < QUIET_TURNS; turns = busy === 0 ? turns + 1 : 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

function unheard(): never {
  throw new Error('streams are told by the test');
}
