import { FREEZING, OVERSHOT } from '@ballast/db';
import { isFrozen } from '@ballast/order-core';
import { type Book, liveTrades } from '../journal/book.ts';

/**
 * Is nothing frozen: no instrument by an open incident, no trade by a state that nobody
 * understands? An overshoot is on both sides alike: its loss has to count.
 */
export function nothingFrozen(book: Book): boolean {
  const frozen = [...book.incidents.values()].some(
    ({ kind, thawedBy }) => FREEZING.includes(kind) && kind !== OVERSHOT && thawedBy === undefined,
  );
  return !frozen && !liveTrades(book).some(isFrozen);
}
