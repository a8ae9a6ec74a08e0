import { type Instrument, type Quantity, roundToLot } from '@ballast/domain';
import type { StepResult } from './open-trade.ts';
import { emit, withTrade } from './order-changes.ts';

/**
 * What of a quantity the next order takes: all of it, or the most that the venue takes in one. The
 * last part is not left below the venue's least order.
 */
export function partOf(quantity: Quantity, instrument: Instrument): Quantity {
  const { maxQuantity, minQuantity } = instrument;
  const most = roundToLot(maxQuantity, instrument, 'floor');
  if (quantity <= most || most <= 0n) return quantity;
  const rest = quantity - most;
  const spared = roundToLot((quantity - minQuantity) as Quantity, instrument, 'floor');
  return rest < minQuantity && spared >= minQuantity ? spared : most;
}

/** What rests keeps its size; what follows is of the newest limit. */
export function followMaxQuantity(result: StepResult, to: Quantity): StepResult {
  const { trade } = result;
  const { maxQuantity: from } = trade.instrument;
  if (from === to) return result;
  const instrument = { ...trade.instrument, maxQuantity: to };
  return emit(withTrade(result, { ...trade, instrument }), [
    { type: 'maxQuantityFollowed', from, to },
  ]);
}
