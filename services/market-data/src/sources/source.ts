import type { Instrument } from '@ballast/domain';
import type { Feed, FeedHandlers, History, PolledMicrostructure, Route } from '@ballast/feeds';
import type { SourceTraits } from '../hub/following.ts';
import type { Listing } from '../universe/listing.ts';

/** Somewhere that market data comes from. */
export type Source = SourceTraits & {
  /** How the source names the instrument; null: it does not tell of it. */
  routeOf(instrument: Instrument): Route | null;
  /** More instruments than this do not fit. */
  readonly instrumentsMax: number;
  /** The venue takes one connection for a key, and refuses a second. */
  readonly oneConnection?: boolean;
  open(routes: readonly Route[], handlers: FeedHandlers): Feed;
  /** Bars that it has kept. */
  readonly history: History | null;
  /** Where anybody may ask for them too, without a key. */
  readonly historyUrl: string | null;
  /** What it publishes about markets beside their prices, or null. */
  readonly microstructure: PolledMicrostructure | null;
  /** What may be traded there, with the venue's own terms; null: nothing is traded there. */
  readonly listing: (() => Promise<Instrument[]>) | null;
  /** Where that is only of what is known already. */
  readonly ask?: Listing['ask'];
};

/** The sources that tell of an instrument, best first, and those that have room for it. */
export function shareInstruments(
  sources: readonly Source[],
  instruments: readonly Instrument[],
): { readonly routes: ReadonlyMap<Source, Route[]>; readonly without: readonly Instrument[] } {
  const routes = new Map<Source, Route[]>(sources.map((source) => [source, []]));
  const without: Instrument[] = [];
  for (const instrument of instruments) {
    let heard = false;
    for (const [source, taken] of routes) {
      const route = source.routeOf(instrument);
      const isFull = taken.length >= source.instrumentsMax;
      if (route === null || isFull || taken.some(({ symbol }) => symbol === route.symbol)) continue;
      taken.push(route);
      heard = true;
    }
    if (!heard) without.push(instrument);
  }
  return { routes, without };
}
