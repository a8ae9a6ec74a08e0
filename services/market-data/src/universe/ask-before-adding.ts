import { venueOf } from '@ballast/domain';
import type { DataCommand, Refusal } from '../commands/command-handlers.ts';
import type { Listing, ListingBook } from './listing.ts';

/** A venue takes so many messages in a second, and the operator waits. */
const ASKED_MAX = 50;

/**
 * What comes before the transaction of `addInstruments`, in which nothing may be waited for: venues
 * that have no list of all are asked for what it names, and the book then has it. Gives why the
 * command has to be refused, or null.
 */
export function askBeforeAdding(
  listings: readonly Listing[],
  book: ListingBook,
): (command: DataCommand) => Promise<Refusal | null> {
  return async (command) => {
    if (command.type !== 'addInstruments') return null;
    for (const { venue, ask } of listings) {
      const list = book.of(venue);
      if (ask === undefined || list === null) continue;
      const ofVenue = command.body.instruments.filter((id) => venueOf(id) === venue);
      const unknown = [...new Set(ofVenue)].filter((id) => !list.has(id));
      if (unknown.length === 0) continue;
      if (unknown.length > ASKED_MAX) {
        const detail = `${venue} has to describe ${unknown.length} first, limit ${ASKED_MAX}`;
        return { code: 'TOO_MANY_INSTRUMENTS', detail };
      }
      try {
        book.add(venue, await ask(unknown));
      } catch (error) {
        const why = error instanceof Error ? error.message : 'no answer';
        return { code: 'LISTING_UNKNOWN', detail: `${venue} does not tell: ${why}` };
      }
    }
    return null;
  };
}
