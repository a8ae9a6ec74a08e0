import { FREEZING } from '@ballast/db';
import { isFrozen } from '@ballast/order-core';
import { type Book, liveTrades } from '../journal/book.ts';

/**
 * Is nothing frozen: no instrument by an open incident, no trade by a state that nobody
 * understands?
 */
export function nothingFrozen(book: Book): boolean {
  const frozen = [...book.incidents.values()].some(
    ({ kind, thawedBy }) => FREEZING.includes(kind) && thawedBy === undefined,
  );
  return !frozen && !liveTrades(book).some(isFrozen);
}
