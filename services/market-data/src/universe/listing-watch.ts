import type { Instrument, ListingWire } from '@ballast/domain';
import { createListingDoubt } from './listing-doubt.ts';
import { type Listing, ListingBook } from './listing.ts';
import { type ListingStore, storeListing } from './store-listing.ts';

const EVERY_MS = 3_600_000;
/** A venue that could not be asked is asked again after this. */
const AGAIN_MS = 60_000;
/** Redis may lose the listing: it is put there again this often. */
const PUBLISH_EVERY_MS = 60_000;

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
  const doubt = createListingDoubt({ db: parts.db, log });
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
      if (!(isNothingAsked && before === 0) && !(await doubt.isBelieved(venue, list, before))) {
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

function wireOf(venue: string, list: readonly Instrument[], at: number): ListingWire {
  const instruments = list.map(({ id, baseCurrency, quoteCurrency, sector }) => {
    return { id, baseCurrency, quoteCurrency, sector };
  });
  return { venue, at, instruments };
}
