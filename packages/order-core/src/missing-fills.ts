import { addQuantity } from '@ballast/domain';
import type { TradeInput } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import { emit, withTrade } from './order-changes.ts';
import { type Order, unbookedQuantity } from './order.ts';
import { FILL_MISSING_AFTER_MS, PROTECT_WITHIN_MS } from './timing.ts';
import { orderById, withOrder } from './trade.ts';

type Behind = NonNullable<Order['behind']>;

/**
 * The venue has reported a quantity whose fill does not come: it is asked for again and again, and
 * after a while the operator has to know, once for each order, until it is booked.
 */
export function watchMissingFills(result: StepResult, at: number): StepResult {
  return Object.values(result.trade.orders).reduce((next, order) => {
    if (unbookedQuantity(order) === 0n) return found(next, order);
    const behind = behindNow(order, at);
    if (!behind.told && at >= tellAt(order, behind)) return tell(next, order, behind);
    return behind === order.behind ? next : mark(next, order, behind);
  }, result);
}

/**
 * No fill will ever bring what is missing: the venue took it back before it was seen here, or its
 * sum was never right. It counts like what a correction takes back.
 */
export function dismissMissing(
  result: StepResult,
  { clientOrderId, reportedQuantityCum }: Extract<TradeInput, { type: 'nothingMissing' }>,
): StepResult {
  const order = orderById(result.trade, clientOrderId);
  if (order === null || order.reportedQuantityCum !== reportedQuantityCum) return result;
  const takenBackCum = addQuantity(order.takenBackCum, unbookedQuantity(order));
  return withTrade(result, withOrder(result.trade, { ...order, takenBackCum }));
}

function behindNow({ behind, reportedQuantityCum: cum }: Order, at: number): Behind {
  if (behind === null) return { since: at, told: false, cum, cumSince: at };
  return behind.cum === cum ? behind : { ...behind, cum, cumSince: at };
}

/**
 * May equality of ledger and venue prove that nothing is missing of this order? Not while a fill
 * of what was reported last may be on its way to either of them.
 */
export function isLongBehind({ behind }: Order, at: number): boolean {
  return behind !== null && at >= behind.cumSince + FILL_MISSING_AFTER_MS;
}

/** When the order's missing quantity becomes an incident (epoch ms). */
export function missingTellAt(order: Order): number[] {
  const { behind } = order;
  return behind === null || behind.told ? [] : [tellAt(order, behind)];
}

/** What an entry lacks is a position without a stop, which may not stay unsaid for longer. */
function tellAt({ request }: Order, { since }: Behind): number {
  return since + (request.role === 'entry' ? PROTECT_WITHIN_MS : FILL_MISSING_AFTER_MS);
}

function found(result: StepResult, order: Order): StepResult {
  if (order.behind === null) return result;
  const { clientOrderId } = order.request;
  const next = mark(result, order, null);
  return order.behind.told ? emit(next, [{ type: 'fillsFound', clientOrderId }]) : next;
}

function tell(result: StepResult, order: Order, behind: Behind): StepResult {
  const next = mark(result, order, { ...behind, told: true });
  const detail = `order ${order.request.clientOrderId}`;
  return emit(next, [{ type: 'incident', kind: 'FILL_MISSING', detail }]);
}

function mark(result: StepResult, order: Order, behind: Order['behind']): StepResult {
  return withTrade(result, withOrder(result.trade, { ...order, behind }));
}
