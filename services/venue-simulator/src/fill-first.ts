import type { VenueOrder } from '@ballast/sim-core';
import { moveMarket, type Venue } from './venue.ts';

/** Prints tried to fill an order that its cancel is to find filled. */
const PRINTS_MAX = 64;

/** Moves the market until an open order is filled, as when a cancel comes too late. */
export function fillFirst(venue: Venue, order: VenueOrder, now: number): void {
  const { price, trigger, side } = order;
  const market = [...venue.markets.values()].find(
    ({ instrument }) => instrument.id === order.instrument,
  );
  const wanted = price ?? trigger?.price;
  if (market === undefined || wanted === undefined) return;
  // A print at the same price moves nothing: every other one goes a tick further.
  const beyond = (side === 'buy') === (price === null) ? 1 : -1;
  const target = Number(wanted / market.instrument.tickSize);
  for (let print = 0; print < PRINTS_MAX && venue.account.open.has(order.id); print += 1) {
    moveMarket(venue, market, target + beyond * (print % 2), now);
  }
}
