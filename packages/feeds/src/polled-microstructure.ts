import type { InstrumentId, MicrostructureKind, MicrostructurePoint } from '@ballast/domain';
import type { Route } from './feed.ts';

/** The kinds that a venue lists; the others are made from its trades. */
export const POLLED_KINDS = [
  'open-interest',
  'funding-rate',
  'long-account-share',
] as const satisfies readonly MicrostructureKind[];
export type PolledKind = (typeof POLLED_KINDS)[number];

/** Listings that a venue keeps of a market beside its prices. Fails like History. */
export type PolledMicrostructure = {
  /** Whether the venue lists anything of the instrument. */
  covers(instrument: InstrumentId): boolean;
  /** Least distance of two points, ms. */
  stepMs(kind: PolledKind): number;
  /** How much time one question may span, ms. */
  stretchMs(kind: PolledKind): number;
  /**
   * Points of `from` ≤ time < `to` (epoch ms), oldest first, as the venue has them now. One
   * request, which takes from the rate budget first and is not repeated here.
   * @throws FeedError HISTORY_RANGE for more than `stretchMs`, HISTORY_POINT_INVALID for an answer
   * that cannot be read (nothing of it is told), and those of History
   */
  points(
    route: Route,
    kind: PolledKind,
    from: number,
    to: number,
  ): Promise<readonly MicrostructurePoint[]>;
};
