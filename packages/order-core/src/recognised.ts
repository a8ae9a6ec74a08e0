import type { StepResult } from './open-trade.ts';
import { emit } from './order-changes.ts';
import { isStrange } from './order.ts';
import type { Trade } from './trade.ts';

/**
 * An order whose state nobody knew has one that we know, or has ended: its incident is over.
 * `before`: the trade as it was before this step.
 */
export function tellRecognised(before: Trade, result: StepResult): StepResult {
  return Object.values(before.orders)
    .filter(isStrange)
    .reduce((next, { request: { clientOrderId } }) => {
      const order = next.trade.orders[clientOrderId];
      if (order !== undefined && isStrange(order)) return next;
      return emit(next, [{ type: 'stateRecognised', clientOrderId }]);
    }, result);
}
