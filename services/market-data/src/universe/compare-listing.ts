import type { UniverseRow } from '@ballast/db';
import { type Instrument, venueOf } from '@ballast/domain';

/** Instruments that may be the new name of one that is gone: as many are told. */
const PERHAPS_MAX = 5;

export type ListingDifference = {
  /** Stored instruments whose metadata is another now, as it is now. */
  readonly changed: readonly Instrument[];
  readonly gone: readonly { readonly id: string; readonly perhaps: readonly string[] }[];
  readonly back: readonly string[];
};

/** What a venue's new listing means for the instruments of it that are stored. */
export function compareListing(
  venue: string,
  stored: readonly Pick<UniverseRow, 'instrument' | 'listed'>[],
  list: ReadonlyMap<string, Instrument>,
): ListingDifference {
  const own = stored.filter(({ instrument }) => venueOf(instrument.id) === venue);
  const known = new Set(own.map(({ instrument }) => instrument.id));
  const strangers = [...list.values()].filter(({ id }) => !known.has(id));
  return {
    changed: own.flatMap(({ instrument }) => {
      const now = list.get(instrument.id);
      return now === undefined || isSame(instrument, now) ? [] : [now];
    }),
    gone: own
      .filter(({ instrument, listed }) => listed && !list.has(instrument.id))
      .map(({ instrument }) => ({ id: instrument.id, perhaps: renamed(instrument, strangers) })),
    back: own
      .filter(({ instrument, listed }) => !listed && list.has(instrument.id))
      .map(({ instrument }) => instrument.id),
  };
}

/** A venue renames by ending one symbol and listing another: only the operator can tell. */
function renamed(gone: Instrument, strangers: readonly Instrument[]): string[] {
  return strangers
    .filter(({ baseCurrency: base, quoteCurrency }) => {
      const alike = base.includes(gone.baseCurrency) || gone.baseCurrency.includes(base);
      return alike && quoteCurrency === gone.quoteCurrency;
    })
    .map(({ id }) => id)
    .slice(0, PERHAPS_MAX);
}

const TERMS = [
  'baseCurrency',
  'quoteCurrency',
  'tickSize',
  'lotSize',
  'minQuantity',
  'maxQuantity',
  'minNotional',
  'multiplier',
  'sector',
  'session',
] as const satisfies readonly (keyof Instrument)[];

/** Whether a venue says the same of both. */
export function isSame(one: Instrument, other: Instrument): boolean {
  return TERMS.every((term) => one[term] === other[term]);
}

/** The terms that differ, with both values as text, for the log. */
export function differences(one: Instrument, other: Instrument): Record<string, string> {
  const told: Record<string, string> = {};
  for (const term of TERMS) {
    if (one[term] !== other[term]) told[term] = `${String(one[term])} → ${String(other[term])}`;
  }
  return told;
}
