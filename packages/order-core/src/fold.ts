import type { Fill, Instrument } from '@ballast/domain';
import { applyFill, flat, type Position } from './ledger.ts';
import type { BookedFill } from './trade.ts';

/** The position that booked fills make, from the first to the last; a bust of 0 counts nothing. */
export function foldBooked(
  fills: readonly BookedFill[],
  terms: Pick<Instrument, 'multiplier' | 'baseCurrency' | 'quoteCurrency'>,
): Position {
  return fills.reduce(
    (position, fill) => (fill.quantity > 0n ? applyFill(position, fill, terms) : position),
    flat(terms.quoteCurrency),
  );
}

/** What the ledger keeps of a fill: enough to fold the position again when one is corrected. */
export function kept(fill: Fill): BookedFill {
  const { executionId, revision, clientOrderId, side, price, quantity, fee } = fill;
  return { executionId, revision, clientOrderId, side, price, quantity, fee };
}
