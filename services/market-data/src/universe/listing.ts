import type { Instrument, InstrumentId } from '@ballast/domain';

/**
 * What a venue lets one trade, with what it demands of orders. ByBit gives all in pages, Alpaca in
 * one answer; IBKR describes the contracts that it is asked for. A line of business is what the
 * venue says it is, else null: none is made up.
 */
export type Listing = {
  readonly venue: string;
  /** @throws when the venue cannot be asked, or its answer is no listing */
  fetch(): Promise<readonly Instrument[]>;
  /**
   * Where `fetch` gives only what is known already: describes others, as far as the venue knows them.
   * @throws when the venue cannot be asked
   */
  readonly ask?: ((ids: readonly InstrumentId[]) => Promise<readonly Instrument[]>) | undefined;
};

/** The newest listing of each venue, as far as one could be had. */
export class ListingBook {
  readonly #byVenue: ReadonlyMap<string, { list: Map<string, Instrument> | null }>;

  constructor(venues: readonly string[]) {
    this.#byVenue = new Map(venues.map((venue) => [venue, { list: null }]));
  }

  put(venue: string, list: readonly Instrument[]): void {
    const known = this.#byVenue.get(venue);
    if (known === undefined) throw new Error(`no listing is kept of ${venue}`);
    known.list = new Map(list.map((instrument) => [instrument.id, instrument]));
  }

  /** What the venue has described beside its listing; nothing before it has given one. */
  add(venue: string, instruments: readonly Instrument[]): void {
    const list = this.#byVenue.get(venue)?.list;
    for (const instrument of instruments) list?.set(instrument.id, instrument);
  }

  /** Null before the venue has given one. */
  of(venue: string): ReadonlyMap<string, Instrument> | null {
    return this.#byVenue.get(venue)?.list ?? null;
  }

  knows(venue: string): boolean {
    return this.#byVenue.has(venue);
  }

  all(): Instrument[] {
    return [...this.#byVenue.values()].flatMap(({ list }) => [...(list?.values() ?? [])]);
  }
}
