import { type Database, isUniverseSeeded, loadUniverse, seedUniverse } from '@ballast/db';
import { type InstrumentId, InvalidInput, venueOf } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { chooseInstruments } from './instrument-choice.ts';
import type { ListingWatch } from './listing-watch.ts';

const NAMED = 20;

/**
 * The configuration's instruments become the universe at the first start; from then on the
 * operator's changes count, and a configuration that says something else is only told of. Each
 * start asks the venues for their listings; only the first one waits for them.
 * @throws InvalidInput LISTING_UNKNOWN while no venue has given its listing, or one that is named
 * has not; INSTRUMENT_UNKNOWN, TOO_MANY_INSTRUMENTS
 */
export async function ensureUniverse(options: {
  db: Database;
  choice: readonly InstrumentId[] | 'all';
  watch: Pick<ListingWatch, 'book' | 'refresh'>;
  /** Epoch ms. */
  now: () => number;
  log: Logger;
}): Promise<void> {
  const { db, choice, watch, now, log } = options;
  if (await isUniverseSeeded(db)) {
    void watch.refresh();
    await compare(db, choice, log);
    return;
  }
  await watch.refresh();
  const listed = watch.book.all();
  const named = new Set(choice === 'all' ? [] : choice.map(venueOf));
  const silent = [...named].filter((venue) => watch.book.knows(venue) && !watch.book.of(venue));
  if (listed.length === 0 || silent.length > 0) {
    const venues = silent.length > 0 ? silent.join(' and ') : 'no venue';
    const said = silent.length > 0 ? 'not told yet' : 'told';
    throw new InvalidInput('LISTING_UNKNOWN', `${venues} has ${said} what it lists`);
  }
  const chosen = chooseInstruments(choice === 'all' ? choice : [...choice], listed);
  const reason = 'BALLAST_INSTRUMENTS at the first start';
  await seedUniverse(db, chosen, { at: now(), actor: 'configuration', reason });
  log.info({ instruments: chosen.length }, 'the universe is what the configuration names');
}

async function compare(
  db: Database,
  choice: readonly InstrumentId[] | 'all',
  log: Logger,
): Promise<void> {
  if (choice === 'all') return;
  const rows = await loadUniverse(db);
  const wanted = rows.filter((row) => row.wanted).map(({ instrument }) => instrument.id);
  const missing = choice.filter((id) => !wanted.includes(id)).slice(0, NAMED);
  const others = wanted.filter((id) => !choice.includes(id)).slice(0, NAMED);
  if (missing.length + others.length === 0) return;
  log.warn(
    { code: 'CONFIGURATION_NOT_IN_FORCE', missing, others },
    'BALLAST_INSTRUMENTS counted at the first start only: change it with `ballast universe`',
  );
}
