import { absoluteQuantity, formatScaled, type Instrument } from '@ballast/domain';
import { leavesOf, positionOf, type VenueOrder } from '@ballast/sim-core';
import type { Desk } from './desk.ts';
import type { AskedOrder } from './order-request.ts';
import { forbidden } from './refusal.ts';

/** Open orders on the side that reduces the position, and what they hold of it. */
export function heldOf(desk: Desk, instrument: Instrument, except?: VenueOrder): bigint {
  const { quantity } = positionOf(desk.venue.account, instrument.id);
  const reducing = quantity > 0n ? 'sell' : 'buy';
  let held = 0n;
  for (const order of desk.venue.account.open.values()) {
    if (order.id === except?.id || order.instrument !== instrument.id) continue;
    if (order.side === reducing) held += leavesOf(order);
  }
  return held;
}

/**
 * What other orders hold of a position cannot be sold twice. Where none holds anything, a sell
 * beyond the position silently becomes a short, if the account may have one.
 * @throws AlpacaRefusal 403
 */
export function checkAvailable(
  desk: Desk,
  instrument: Instrument,
  asked: Pick<AskedOrder, 'side' | 'quantity' | 'symbol'>,
  except?: VenueOrder,
): void {
  const { quantity } = positionOf(desk.venue.account, instrument.id);
  if (quantity === 0n) {
    if (asked.side === 'buy' || desk.shorting) return;
    throw forbidden('account is not allowed to short');
  }
  if ((quantity > 0n ? 'sell' : 'buy') !== asked.side) return;
  const existing = absoluteQuantity(quantity);
  const held = heldOf(desk, instrument, except);
  const available = existing > held ? existing - held : 0n;
  if (asked.quantity <= available) return;
  if (held === 0n && (desk.shorting || asked.side === 'buy')) return;
  const [requested, free] = [formatScaled(asked.quantity), formatScaled(available)];
  throw forbidden(
    `insufficient qty available for order (requested: ${requested}, available: ${free})`,
    {
      available: free,
      existing_qty: formatScaled(existing),
      held_for_orders: formatScaled(held),
      symbol: asked.symbol,
    },
  );
}
