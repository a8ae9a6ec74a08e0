import { type Database, loadUniverse } from '@ballast/db';
import { type Instrument, venueOf } from '@ballast/domain';
import type { Logger } from '@ballast/observability';

/** A listing of less than this share of what was known is a fault of the venue's, not the news. */
const BELIEVED_SHARE = 0.5;
/** Of fewer stored instruments most may go at once. */
const STORED_MIN = 10;
/** What a venue says so often in a row, a minute apart, is the news after all. */
const DOUBTS_MAX = 5;

/**
 * Whether a listing is a venue's word: against the one before it, and against what is stored, since
 * there is none before at a start. What is not listed any more is not streamed any more.
 */
export function createListingDoubt({ db, log }: { readonly db: Database; readonly log: Logger }) {
  const doubts = new Map<string, number>();

  /** Most of what is stored is not in it; not for ever. */
  async function lacksStored(venue: string, ids: ReadonlySet<string>): Promise<boolean> {
    const stored = (await loadUniverse(db)).filter(
      ({ listed, instrument }) => listed && venueOf(instrument.id) === venue,
    );
    const known = stored.filter(({ instrument }) => ids.has(instrument.id)).length;
    const isLacking = stored.length >= STORED_MIN && known < stored.length * BELIEVED_SHARE;
    const doubted = isLacking ? (doubts.get(venue) ?? 0) + 1 : 0;
    doubts.set(venue, doubted);
    return isLacking && doubted <= DOUBTS_MAX;
  }

  return {
    /** @param before how many instruments the listing before had; @throws the database's error */
    async isBelieved(venue: string, list: readonly Instrument[], before: number): Promise<boolean> {
      const listed = list.length;
      const isShort = listed === 0 || listed < before * BELIEVED_SHARE;
      const ids = new Set<string>(list.map(({ id }) => id));
      if (!isShort && !(await lacksStored(venue, ids))) return true;
      const code = 'LISTING_NOT_BELIEVED';
      log.error({ code, venue, listed, before }, 'the listing before it stands');
      return false;
    },
  };
}
