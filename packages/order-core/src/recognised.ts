import type { StepResult } from './open-trade.ts';
import { emit } from './order-changes.ts';
import { isLive } from './order.ts';
import type { Trade } from './trade.ts';

/**
 * An order whose state nobody knew has one that we know, or has ended: its incident is over.
 * `before`: the trade as it was before this step.
 */
export function tellRecognised(before: Trade, result: StepResult): StepResult {
  return Object.values(before.orders)
    .filter(({ unrecognised }) => unrecognised !== null)
    .reduce((next, earlier) => {
      const { clientOrderId } = earlier.request;
      const order = next.trade.orders[clientOrderId];
      if (order === undefined) return next;
      const isOver = order.unrecognised === null || (isLive(earlier) && !isLive(order));
      return isOver ? emit(next, [{ type: 'stateRecognised', clientOrderId }]) : next;
    }, result);
}
