import type { Fill } from '@ballast/domain';
import type { BookedFill } from './trade.ts';

/** What tells one state of an execution from another; a fee alone is no correction. */
type Told = Pick<Fill, 'revision' | 'price' | 'quantity'>;
/** What was given to a trade by hand is booked one revision above what the venue counts. */
type Booked = Told & Pick<BookedFill, 'byHand'>;

/**
 * Does the venue say something new of an execution that is booked? A venue that numbers no
 * revisions may begin to count again: the same number with another price or quantity is news too.
 * A lower number is an older state that comes late.
 */
export function isNews(fill: Told, booked: Booked | null): boolean {
  if (booked === null) return true;
  const revision = numberIn(fill, booked);
  return revision > booked.revision || (revision === booked.revision && !isSame(fill, booked));
}

/** The fill under the revision that it is to be booked as; null when it says nothing new. */
export function asNews(fill: Fill, booked: BookedFill | null): Fill | null {
  if (!isNews(fill, booked)) return null;
  if (booked === null) return fill;
  const revision = numberIn(fill, booked);
  return { ...fill, revision: revision === booked.revision ? revision + 1 : revision };
}

/** The venue's number of a state, as the ledger counts this execution. */
function numberIn({ revision }: Told, { byHand }: Booked): number {
  return byHand === true ? revision + 1 : revision;
}

/** A bust is a bust, whatever price it names. */
function isSame(a: Told, b: Told): boolean {
  return a.quantity === b.quantity && (a.quantity === 0n || a.price === b.price);
}
