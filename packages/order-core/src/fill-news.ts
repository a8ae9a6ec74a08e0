import type { Fill } from '@ballast/domain';
import type { BookedFill } from './trade.ts';

/** What tells one state of an execution from another; a fee alone is no correction. */
type Told = Pick<Fill, 'revision' | 'price' | 'quantity'>;

/**
 * Does the venue say something new of an execution that is booked? A venue that numbers no
 * revisions may begin to count again: the same number with another price or quantity is news too.
 * A lower number is an older state that comes late.
 */
export function isNews(fill: Told, booked: Told | null): boolean {
  if (booked === null || fill.revision > booked.revision) return true;
  return fill.revision === booked.revision && !isSame(fill, booked);
}

/** The fill under the revision that it is to be booked as; null when it says nothing new. */
export function asNews(fill: Fill, booked: BookedFill | null): Fill | null {
  if (!isNews(fill, booked)) return null;
  const again = booked !== null && fill.revision === booked.revision;
  return again ? { ...fill, revision: fill.revision + 1 } : fill;
}

/** A bust is a bust, whatever price it names. */
function isSame(a: Told, b: Told): boolean {
  return a.quantity === b.quantity && (a.quantity === 0n || a.price === b.price);
}
