import { hostname } from 'node:os';
import { brakeInForce, type Database, loadInstruments, takeFence } from '@ballast/db';
import type { InstrumentId, Quote, VenueBalance, VenueCapabilities } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { Journal } from './journal.ts';
import { loadBook } from './load-book.ts';
import type { StagedEffect } from './stage.ts';

/** Instruments change rarely (a new listing, a new tick); this often they are read again. */
const INSTRUMENTS_FRESH_MS = 30_000;

/** Takes the account's fence, loads the book and gives the one writer of the gateway's tables. */
export async function openJournal(parts: {
  db: Database;
  account: string;
  capabilities: VenueCapabilities;
  quotes: ReadonlyMap<InstrumentId, Quote>;
  balance: () => VenueBalance | null;
  /** When the venue gave the balance; epoch ms. */
  balanceAt: () => number;
  /** Why new risk has to wait; null when it need not. Asked only once commands are taken. */
  behind: () => string | null;
  perform: (effects: readonly StagedEffect[]) => void;
  fatal: (error: Error) => void;
  log: Logger;
  now: () => number;
  newId: () => string;
}): Promise<Journal> {
  const { db, account, capabilities, log, now, newId } = parts;
  const client = await db.pool.connect();
  const holder = `${hostname()}:${process.pid}`;
  const epoch = await takeFence(client, { account, holder, now: now(), brakeId: newId() }).finally(
    () => client.release(),
  );
  log.info({ account, epoch }, 'fence taken');
  let instruments = new Map<InstrumentId, Awaited<ReturnType<typeof loadInstruments>>[number]>();
  let readAt = 0;

  return new Journal({
    db,
    account,
    epoch,
    book: await loadBook(db, account),
    log,
    now,
    perform: parts.perform,
    fatal: parts.fatal,
    async context(holdsCommand) {
      if (holdsCommand && now() - readAt > INSTRUMENTS_FRESH_MS) {
        const list = await loadInstruments(db);
        instruments = new Map(list.map((instrument) => [instrument.id, instrument]));
        readAt = now();
      }
      const brake = holdsCommand ? await brakeInForce(db, account) : 'unreadable';
      const behind = holdsCommand ? parts.behind() : null;
      const { quotes } = parts;
      const [balance, balanceAt] = [parts.balance(), parts.balanceAt()];
      const facts = { capabilities, instruments, quotes, brake, balance, balanceAt, behind };
      return { account, ...facts, newId };
    },
  });
}
