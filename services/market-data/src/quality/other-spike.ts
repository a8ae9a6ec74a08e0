import type { Timed } from './event-times.ts';

/** A print of the other source counts for this long. */
const FRESH_MS = 5_000;
/** Part of the other source's price that a print may be away from it. */
const BAND = 0.01;

/**
 * The last prices of one source of an instrument, for the others to compare theirs with: the middle
 * one of the last three, since a single bad print of this one must not make a good one look bad.
 */
export class LastPrices {
  #last = 0;
  #second = 0;
  #third = 0;
  #at = 0;

  add(price: number, { receivedTime }: Timed): void {
    this.#third = this.#second;
    this.#second = this.#last;
    this.#last = price;
    this.#at = receivedTime;
  }

  /** 0 before three prints, and when the last one is older than five seconds. */
  price({ receivedTime }: Timed): number {
    if (this.#third === 0 || receivedTime - this.#at > FRESH_MS) return 0;
    const low = Math.min(this.#last, this.#second);
    const high = Math.max(this.#last, this.#second);
    return Math.max(low, Math.min(high, this.#third));
  }
}

/** Whether a print is away from what the other source says by more than one part in a hundred. */
export const isAway = (price: number, other: number): boolean =>
  Math.abs(price - other) > BAND * other;
