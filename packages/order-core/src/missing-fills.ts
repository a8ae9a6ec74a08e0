import type { StepResult } from './open-trade.ts';
import { emit, withTrade } from './order-changes.ts';
import { type Order, unbookedQuantity } from './order.ts';
import { FILL_MISSING_AFTER_MS, PROTECT_WITHIN_MS } from './timing.ts';
import { withOrder } from './trade.ts';

/**
 * The venue has reported a quantity whose fill does not come: it is asked for again and again, and
 * after a while the operator has to know, once for each order, until it is booked.
 */
export function watchMissingFills(result: StepResult, at: number): StepResult {
  return Object.values(result.trade.orders).reduce((next, order) => {
    if (unbookedQuantity(order) === 0n) return found(next, order);
    const behind = order.behind ?? { since: at, told: false };
    if (!behind.told && at >= tellAt(order, behind)) return tell(next, order);
    return order.behind === null ? mark(next, order, behind) : next;
  }, result);
}

/** When the order's missing quantity becomes an incident (epoch ms). */
export function missingTellAt(order: Order): number[] {
  const { behind } = order;
  return behind === null || behind.told ? [] : [tellAt(order, behind)];
}

/** What an entry lacks is a position without a stop, which may not stay unsaid for longer. */
function tellAt({ request }: Order, { since }: NonNullable<Order['behind']>): number {
  return since + (request.role === 'entry' ? PROTECT_WITHIN_MS : FILL_MISSING_AFTER_MS);
}

function found(result: StepResult, order: Order): StepResult {
  if (order.behind === null) return result;
  const { clientOrderId } = order.request;
  const next = mark(result, order, null);
  return order.behind.told ? emit(next, [{ type: 'fillsFound', clientOrderId }]) : next;
}

function tell(result: StepResult, order: Order): StepResult {
  if (order.behind === null) return result;
  const next = mark(result, order, { ...order.behind, told: true });
  const detail = `order ${order.request.clientOrderId}`;
  return emit(next, [{ type: 'incident', kind: 'FILL_MISSING', detail }]);
}

function mark(result: StepResult, order: Order, behind: Order['behind']): StepResult {
  return withTrade(result, withOrder(result.trade, { ...order, behind }));
}
