import type { SizedTrade } from '@ballast/order-core';
import { priceOf, quantityOf, type Terms } from './terms.ts';

/** The size of a trade in whole ticks and lots. */
export type SizedTicks = {
  readonly lots: number;
  readonly stop: number;
  readonly target: number;
};

/** Null where it is no whole number of ticks and lots below 2^53. */
export function ticksOf(
  { stop, target, quantity }: Omit<SizedTrade, 'kind'>,
  { tickSize, lotSize }: Terms,
): SizedTicks | null {
  const isWhole = stop % tickSize === 0n && target % tickSize === 0n && quantity % lotSize === 0n;
  const size = {
    lots: Number(quantity / lotSize),
    stop: Number(stop / tickSize),
    target: Number(target / tickSize),
  };
  const isSafe = Object.values(size).every((count) => Number.isSafeInteger(count));
  return isWhole && isSafe ? size : null;
}

export function exactOf({ lots, stop, target }: SizedTicks, terms: Terms): SizedTrade {
  return {
    kind: 'sized',
    stop: priceOf(stop, terms),
    target: priceOf(target, terms),
    quantity: quantityOf(lots, terms),
  };
}
