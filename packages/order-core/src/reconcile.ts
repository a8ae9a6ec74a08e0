import type { InstrumentId, Quantity, VenuePosition } from '@ballast/domain';

/** One instrument on which ledger and venue do not agree. Signed quantities. */
export type Drift = {
  readonly instrument: InstrumentId;
  readonly ledger: Quantity;
  readonly venue: Quantity;
};

/**
 * Compares the whole ledger with the whole listing of the venue; an instrument that one side lacks
 * counts as flat there. Call it only with a ledger that has booked every execution the venue had
 * when it was asked for positions.
 */
export function positionDrift(
  ledger: ReadonlyMap<InstrumentId, Quantity>,
  venue: readonly VenuePosition[],
): Drift[] {
  const held = new Map(venue.map((position) => [position.instrument, position.quantity]));
  const none = 0n as Quantity;
  const instruments = new Set([...ledger.keys(), ...held.keys()]);
  return [...instruments]
    .toSorted()
    .map((instrument) => ({
      instrument,
      ledger: ledger.get(instrument) ?? none,
      venue: held.get(instrument) ?? none,
    }))
    .filter((both) => both.ledger !== both.venue);
}
