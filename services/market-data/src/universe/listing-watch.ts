import { loadUniverse } from '@ballast/db';
import { type Instrument, type ListingWire, venueOf } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { type Listing, ListingBook } from './listing.ts';
import { type ListingStore, storeListing } from './store-listing.ts';

const EVERY_MS = 3_600_000;
/** A venue that could not be asked is asked again after this. */
const AGAIN_MS = 60_000;
/** Redis may lose the listing: it is put there again this often. */
const PUBLISH_EVERY_MS = 60_000;
/** A listing of less than this share of the one before is a fault of the venue's, not the news. */
const BELIEVED_SHARE = 0.5;
/** Of so many stored instruments it is not the news either that most are gone. */
const STORED_MIN = 10;
/** What a venue says so often in a row, a minute apart, is the news after all. */
const DOUBTS_MAX = 5;

const NO_COUNTS = {
  listingsRead: 0,
  failedListings: 0,
  listingsNotBelieved: 0,
  failedListingWrites: 0,
  instrumentsChanged: 0,
  instrumentsGone: 0,
  instrumentsBack: 0,
};

export type ListingWatch = {
  readonly book: ListingBook;
  readonly counts: Readonly<typeof NO_COUNTS>;
  /** Asks every venue at once. Never throws: a venue that fails is asked again. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
};

type Parts = ListingStore & {
  readonly listings: readonly Listing[];
  /** Puts a listing where the page can search in it. */
  readonly publish: (listing: ListingWire) => Promise<void>;
};

/**
 * Asks each venue's listing at start and every hour, keeps the stored metadata as the venue says,
 * and tells of each instrument that is no longer listed; the others go on. For the active process.
 */
export function startListingWatch(parts: Parts): ListingWatch {
  const { listings, now, log } = parts;
  const book = new ListingBook(listings.map(({ venue }) => venue));
  const counts = { ...NO_COUNTS };
  const dueAt = new Map<string, number>();
  const doubts = new Map<string, number>();
  const published = new Map<string, ListingWire>();
  let underWay: Promise<void> | undefined;

  async function ask(listing: Listing): Promise<void> {
    const { venue } = listing;
    dueAt.set(venue, now() + AGAIN_MS);
    try {
      const list = await listing.fetch();
      // Where a venue tells only of what it is asked for, there may be nothing to ask.
      const isNothingAsked = listing.ask !== undefined && list.length === 0;
      const before = book.of(venue)?.size ?? 0;
      const isNothing = isNothingAsked && before === 0;
      const share = isNothing ? { listed: 0, before } : await leastShare(list, before, venue);
      if (!isNothing && !isBelieved(share, venue, log)) {
        counts.listingsNotBelieved += 1;
        return;
      }
      book.put(venue, list);
      counts.listingsRead += 1;
      published.set(venue, wireOf(venue, list, now()));
    } catch (error) {
      counts.failedListings += 1;
      log.error({ err: error, venue }, 'listing could not be had; the one before stands');
      return;
    }
    try {
      await storeListing(parts, venue, book, counts);
      dueAt.set(venue, now() + EVERY_MS);
    } catch (error) {
      counts.failedListingWrites += 1;
      log.error({ err: error, venue }, 'what a listing says was not stored');
    }
  }

  /** Against the listing before, and against what is stored: there is none before at a start. */
  async function leastShare(list: readonly Instrument[], before: number, venue: string) {
    const ids = new Set<string>(list.map(({ id }) => id));
    const stored = (await loadUniverse(parts.db)).filter(
      ({ listed, instrument }) => listed && venueOf(instrument.id) === venue,
    );
    const known = stored.filter(({ instrument }) => ids.has(instrument.id)).length;
    const isLost = stored.length >= STORED_MIN && known < stored.length * BELIEVED_SHARE;
    const doubted = isLost ? (doubts.get(venue) ?? 0) + 1 : 0;
    doubts.set(venue, doubted);
    return isLost && doubted <= DOUBTS_MAX
      ? { listed: known, before: stored.length }
      : { listed: list.length, before };
  }

  async function askAll(isDue: (venue: string) => boolean): Promise<void> {
    for (const listing of listings.filter(({ venue }) => isDue(venue))) await ask(listing);
    for (const listing of published.values()) {
      await parts
        .publish(listing)
        .catch((error: unknown) => log.warn({ err: error }, 'listing was not put on the bus'));
    }
  }

  function run(isDue: (venue: string) => boolean): Promise<void> {
    underWay ??= askAll(isDue).finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  const isDue = (venue: string): boolean => now() >= (dueAt.get(venue) ?? 0);
  const timer = setInterval(() => void run(isDue), PUBLISH_EVERY_MS);
  return {
    book,
    counts,
    async refresh() {
      // What is under way may have asked before the venue changed its listing.
      await underWay;
      await run(() => true);
    },
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}

function isBelieved(
  { listed, before }: { readonly listed: number; readonly before: number },
  venue: string,
  log: Logger,
): boolean {
  if (listed > 0 && listed >= before * BELIEVED_SHARE) return true;
  const code = 'LISTING_NOT_BELIEVED';
  log.error({ code, venue, listed, before }, 'the listing before it stands');
  return false;
}

function wireOf(venue: string, list: readonly Instrument[], at: number): ListingWire {
  const instruments = list.map(({ id, baseCurrency, quoteCurrency, sector }) => {
    return { id, baseCurrency, quoteCurrency, sector };
  });
  return { venue, at, instruments };
}
