import type { InstrumentId, Quantity } from '@ballast/domain';
import type { Drift } from '@ballast/order-core';

export type Equality = {
  /** A comparison of the whole ledger, as it was, with the venue. */
  compared(ledger: ReadonlyMap<InstrumentId, Quantity>, drifts: readonly Drift[]): void;
  /** The quantity in which the last comparison found both sides equal; null when it did not. */
  equalIn(instrument: InstrumentId): Quantity | null;
};

/** Remembers what the last comparison of ledger and venue has found. */
export function createEquality(): Equality {
  let ledger: ReadonlyMap<InstrumentId, Quantity> | null = null;
  let unequal: ReadonlySet<InstrumentId> = new Set();
  return {
    compared(whole, drifts) {
      ledger = whole;
      unequal = new Set(drifts.map(({ instrument }) => instrument));
    },
    equalIn(instrument) {
      if (ledger === null || unequal.has(instrument)) return null;
      return ledger.get(instrument) ?? (0n as Quantity);
    },
  };
}
