import { toNumber } from '@ballast/domain';
import { slotsOf, type Trade } from '@ballast/order-core';
import type { Track } from './track.ts';
import type { BacktestVenue } from './venue.ts';

/** Which prices matter now: those of orders at the venue, and targets that do not rest there. */
export function watchOrders(track: Track, trade: Trade, venue: BacktestVenue): void {
  const { position, plan, capabilities } = trade;
  track.quantity = toNumber(position.quantity);
  track.cost = toNumber(position.cost);
  track.follows = plan.takeProfit.style === 'trailing';
  for (const { instrument, trigger, price, side } of venue.account.open.values()) {
    if (instrument !== track.instrument.id) continue;
    const level = trigger?.price ?? price;
    if (level === null) continue;
    const falls = trigger === null ? side === 'buy' : trigger.direction === 'fall';
    watchLevel(track, toNumber(level), falls);
  }
  if (capabilities.exits !== 'reserved') return;
  for (const { quantity, target } of slotsOf(trade)) {
    if (quantity > 0n && target !== null) {
      watchLevel(track, toNumber(target), plan.direction === 'short');
    }
  }
}

function watchLevel(track: Track, level: number, falls: boolean): void {
  if (falls) track.below = Math.max(track.below, level);
  else track.above = Math.min(track.above, level);
}
