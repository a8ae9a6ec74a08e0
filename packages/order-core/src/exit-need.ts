import { LEGS_MAX, type OrderRole, type Quantity } from '@ballast/domain';
import { endedBadly, isLive, leavesQuantity, type Order, unbookedQuantity } from './order.ts';
import { retryExitAt } from './timing.ts';
import { openQuantity, ordersOf, type Trade } from './trade.ts';

/**
 * Exit quantity that no order of its role covers yet, and the first moment (epoch ms) a new leg
 * may be sent.
 */
export type ExitNeed = { readonly quantity: Quantity; readonly notBefore: number };

/**
 * The exits that an open position wants now. A target that the venue has refused is given up: the
 * stop stays.
 */
export function wantedExits(trade: Trade): readonly OrderRole[] {
  if (openQuantity(trade) === 0n) return [];
  if (trade.closing !== null) return ['close'];
  const refused = ordersOf(trade, 'target').some((order) => order.phase.status === 'rejected');
  return refused ? ['stop'] : ['stop', 'target'];
}

/**
 * Null when nothing more may be sent: all is covered, or the fate of another leg is not known.
 * What the venue has reported as exited counts as gone although its fill is still on its way: else
 * it would be exited twice.
 */
export function exitNeed(trade: Trade, role: OrderRole): ExitNeed | null {
  const orders = ordersOf(trade, role);
  if (orders.some((order) => ['submitting', 'unknown'].includes(order.phase.status))) return null;
  const quantity = uncovered(trade, role, orders);
  if (quantity <= 0n) return null;
  // Protection below the venue's least quantity waits for more; a close has nothing to wait for.
  if (role !== 'close' && quantity < trade.instrument.minQuantity) return null;
  // An exit that just ended badly is not hammered: the reason may be a fill still on its way.
  const ended = orders.filter(endedBadly);
  const retries = ended.map(({ phase }) =>
    'endedAt' in phase ? retryExitAt(phase.endedAt, ended.length) : 0,
  );
  return { quantity, notBefore: Math.max(0, ...retries) };
}

/**
 * Every client order id that a close can have, 36 legs with 1296 revisions each: a month of
 * refusals at the longest pause.
 */
const CLOSES_MAX = LEGS_MAX * 1_296;

/** Has this role an unused client order id? Stops and targets have one for each leg. */
export function hasAttemptLeft(trade: Trade, role: OrderRole): boolean {
  return ordersOf(trade, role).length < (role === 'close' ? CLOSES_MAX : LEGS_MAX);
}

/** Would this order, sent again, still be an exit of no more than what its role has to cover? */
export function fitsNeed(trade: Trade, order: Order): boolean {
  const { role, quantity } = order.request;
  const others = ordersOf(trade, role).filter((other) => other !== order);
  return wantedExits(trade).includes(role) && quantity <= uncovered(trade, role, others);
}

function uncovered(trade: Trade, role: OrderRole, orders: readonly Order[]): Quantity {
  return (openQuantity(trade) - liveQuantity(orders) - leaving(trade, role)) as Quantity;
}

/** What may still trade of these orders. */
export function liveQuantity(orders: readonly Order[]): Quantity {
  return orders
    .filter(isLive)
    .reduce((sum, order) => (sum + leavesQuantity(order)) as Quantity, 0n as Quantity);
}

/**
 * Reported as exited but not booked. A live order of the same role is left out:
 * its leaves hold it already.
 */
function leaving(trade: Trade, role: OrderRole): bigint {
  return Object.values(trade.orders)
    .filter(({ request }) => request.role !== 'entry')
    .filter((order) => order.request.role !== role || !isLive(order))
    .reduce((sum, order) => sum + unbookedQuantity(order), 0n);
}
