import type { TradeInput } from '@ballast/order-core';

/**
 * Until when a request may have left is what these say: a later date would only delay the proof
 * that it did not arrive.
 */
const LIMITS_A_REQUEST: ReadonlySet<TradeInput['type']> = new Set([
  'clock',
  'restarted',
  'submitNotSent',
  'submitUnclear',
]);

/**
 * An input that waited for the database is news only at `now` (epoch ms): dated when it arrived,
 * the orders that it asks for would be overdue before they could leave, and a stop would come 8 s
 * late.
 */
export function asOfCommit(input: TradeInput, now: number): TradeInput {
  if (LIMITS_A_REQUEST.has(input.type)) return input;
  return { ...input, at: Math.max(input.at, now) };
}
