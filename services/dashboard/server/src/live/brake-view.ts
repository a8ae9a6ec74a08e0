import type { BrakeRow } from '@ballast/db';
import { formatScaled } from '@ballast/domain';
import { z } from 'zod';

const venueProgress = z.object({
  venue: z.string(),
  ordersLeft: z.number(),
  positionsLeft: z.array(z.string()),
  foreignPositions: z.array(z.string()),
  foreignOrders: z.number(),
  answeredAt: z.number().nullable(),
  fault: z.string(),
  provenFlat: z.boolean(),
});
export const venuesProgress = z.array(venueProgress);
export type VenueProgressView = z.infer<typeof venueProgress>;

/** Engaged unless a row says released: no row and no readable row both count as engaged. */
export type BrakeView = {
  readonly engaged: boolean;
  /** released | engaging | engaged (verified flat), or unreadable. */
  readonly state: string;
  readonly reason: string;
  readonly actor: string | null;
  readonly at: number | null;
  readonly engagedAt: number | null;
  readonly verifiedFlatAt: number | null;
  readonly coolingUntil: number | null;
  /** Highest reconciled equity since the release, decimal text. */
  readonly peak: string | null;
  readonly currency: string | null;
  /** Share of the peak, decimal text. */
  readonly drawdown: string | null;
  readonly venues: readonly VenueProgressView[];
};

export function unreadableBrake(reason: string): BrakeView {
  return {
    ...{ engaged: true, state: 'unreadable', reason, actor: null, at: null, engagedAt: null },
    ...{ verifiedFlatAt: null, coolingUntil: null, peak: null, currency: null, drawdown: null },
    venues: [],
  };
}

/** @throws ZodError when the stored progress of the venues cannot be understood */
export function brakeView(row: BrakeRow | null): BrakeView {
  if (row === null) return unreadableBrake('no state was ever written');
  const { engaged, state, reason, actor, at, currency } = row;
  const { engagedAt, verifiedFlatAt, coolingUntil } = row;
  const amount = (value: bigint | null): string | null =>
    value === null ? null : formatScaled(value);
  return {
    ...{ engaged, state, reason, actor, at, engagedAt, verifiedFlatAt, coolingUntil, currency },
    ...{ peak: amount(row.peak), drawdown: amount(row.drawdown) },
    venues: venuesProgress.parse(row.progress),
  };
}

/** What the gateway says each second is newer than the last change that was stored. */
export function withLiveVenues(
  brake: BrakeView,
  live: readonly VenueProgressView[] | null,
): BrakeView {
  return live === null || live.length === 0 || !brake.engaged ? brake : { ...brake, venues: live };
}
