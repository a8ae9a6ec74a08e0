import type { VenueProgress } from '@ballast/order-core';
import { type LookTools, lookAtVenue, notAsked, type VenueCalls } from './look-at-venue.ts';

/** Listings lag: only so many flat ones in a row are believed. */
const FLAT_LOOKS = 2;

export type VenueLooks = {
  /** Asks every venue once; resolves also when one does not answer. */
  look(): Promise<void>;
  /** The newest look at each venue. */
  progress(): readonly VenueProgress[];
  hasLooked(): boolean;
  forget(): void;
};

/** What the venues have said; flat is proven by looks in a row, each after the last fill. */
export function createVenueLooks(venues: readonly VenueCalls[], tools: LookTools): VenueLooks {
  const looks = new Map<string, { progress: VenueProgress; flatLooks: number }>();

  async function lookAt(broker: VenueCalls): Promise<void> {
    const last = looks.get(broker.venue);
    const before = last?.progress ?? notAsked(broker.venue);
    const { progress, flat } = await lookAtVenue(broker, before, tools);
    const flatLooks = flat ? (last?.flatLooks ?? 0) + 1 : 0;
    const provenFlat = flatLooks >= FLAT_LOOKS;
    looks.set(broker.venue, { progress: { ...progress, provenFlat }, flatLooks });
  }

  return {
    async look() {
      await Promise.all(venues.map(lookAt));
    },
    progress: () => venues.map(({ venue }) => looks.get(venue)?.progress ?? notAsked(venue)),
    hasLooked: () => looks.size > 0,
    forget: () => looks.clear(),
  };
}
