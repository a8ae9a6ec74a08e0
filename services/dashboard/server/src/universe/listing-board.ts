import { type ListedInstrument, type ListingWire, listingWire } from '@ballast/domain';

/** What is typed is looked for in one reading of the listings for this long. */
const FRESH_MS = 5_000;

export type FoundInstruments = {
  /** Of each venue whose listing is known, when (epoch ms) the venue gave it. */
  readonly venues: readonly { readonly venue: string; readonly at: number }[];
  readonly found: number;
  readonly rows: readonly ListedInstrument[];
};

export type ListingBoard = ReturnType<typeof createListingBoard>;

/** What the venues list, as market-data puts it on the bus. @param read each venue's, or null */
export function createListingBoard(read: () => Promise<readonly unknown[]>, now: () => number) {
  let reading: { readonly at: number; readonly listings: Promise<ListingWire[]> } | null = null;

  async function readAll(): Promise<ListingWire[]> {
    const values = await read();
    return values.flatMap((value) => (value === null ? [] : [listingWire.parse(value)]));
  }

  function listings(): Promise<ListingWire[]> {
    if (reading !== null && now() - reading.at < FRESH_MS) return reading.listings;
    const fresh = { at: now(), listings: readAll() };
    reading = fresh;
    // A reading that failed is nobody's answer but that of those who wait for it.
    fresh.listings.catch(() => {
      if (reading === fresh) reading = null;
    });
    return fresh.listings;
  }

  return {
    /** Those whose id or currency has the text in it, by id; the best match first. */
    async search(
      text: string,
      limit: number,
      without: (id: string) => boolean,
    ): Promise<FoundInstruments> {
      const all = await listings();
      const wanted = text.trim().toUpperCase();
      const found = all
        .flatMap(({ instruments }) => instruments)
        .filter(({ id, baseCurrency }) => `${id} ${baseCurrency}`.toUpperCase().includes(wanted))
        .filter(({ id }) => !without(id))
        .toSorted((a, b) => rank(a, wanted) - rank(b, wanted) || (a.id < b.id ? -1 : 1));
      return {
        venues: all.map(({ venue, at }) => ({ venue, at })),
        found: found.length,
        rows: found.slice(0, limit),
      };
    },
  };
}

/** What is typed is mostly the beginning of the symbol. */
function rank({ id, baseCurrency }: ListedInstrument, wanted: string): number {
  if (baseCurrency.toUpperCase() === wanted) return 0;
  return id.slice(id.indexOf(':') + 1).startsWith(wanted) ? 1 : 2;
}
