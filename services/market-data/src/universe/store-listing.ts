import {
  type Database,
  loadUniverse,
  markListed,
  saveInstruments,
  type UniverseRow,
} from '@ballast/db';
import { type Instrument, venueOf } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { compareListing, differences, type ListingDifference } from './compare-listing.ts';
import type { ListingBook } from './listing.ts';

export type ListingStore = {
  readonly db: Database;
  /** Called after a stored change; reads the universe anew. */
  readonly stored: () => Promise<void>;
  /** Epoch ms. */
  readonly now: () => number;
  readonly log: Logger;
};

type Counts = { instrumentsChanged: number; instrumentsGone: number; instrumentsBack: number };

/** Makes the stored instruments of a venue what its listing says, and tells what that changes. */
export async function storeListing(
  { db, stored, now, log }: ListingStore,
  venue: string,
  book: ListingBook,
  counts: Counts,
): Promise<void> {
  const list = book.of(venue) ?? new Map<string, Instrument>();
  const rows = await loadUniverse(db);
  const difference = compareListing(venue, rows, list);
  const { changed, gone, back } = difference;
  await saveInstruments(db, changed, now());
  const lost = gone.map(({ id }) => id);
  await markListed(db, lost, false, now());
  await markListed(db, back, true, now());
  counts.instrumentsChanged += changed.length;
  counts.instrumentsGone += gone.length;
  counts.instrumentsBack += back.length;
  tell(difference, rows, log);
  for (const { instrument, wanted, listed } of rows) {
    const { id } = instrument;
    if (!wanted || listed || list.has(id) || venueOf(id) !== venue) continue;
    log.error(notListed(id), 'wanted, and its venue still does not list it');
  }
  if (changed.length + gone.length + back.length > 0) await stored();
}

const notListed = (instrument: string) => ({ code: 'INSTRUMENT_NOT_LISTED', instrument });

function tell(
  { changed, gone, back }: ListingDifference,
  rows: readonly UniverseRow[],
  log: Logger,
): void {
  const before = new Map<string, UniverseRow>(rows.map((row) => [row.instrument.id, row]));
  for (const instrument of changed) {
    const known = before.get(instrument.id);
    const what = known === undefined ? {} : differences(known.instrument, instrument);
    log.warn({ code: 'INSTRUMENT_CHANGED', instrument: instrument.id, what }, 'new terms');
  }
  for (const { id, perhaps } of gone) {
    const wanted = before.get(id)?.wanted === true;
    const words = 'no longer listed: delisted or renamed; the others go on';
    if (wanted) log.error({ ...notListed(id), perhaps }, words);
    else log.info({ ...notListed(id), perhaps }, words);
  }
  for (const id of back) log.warn({ code: 'INSTRUMENT_LISTED_AGAIN', instrument: id }, 'is back');
}
