import { endedBadly, type Order } from './order.ts';
import { PROTECT_WITHIN_MS, retryExitAt, SUBMIT_ANSWER_MS } from './timing.ts';
import { ENDED, openQuantity, type Trade } from './trade.ts';

/** When the trade next wants a `clock` input (epoch ms); null when it waits for nothing but the venue. */
export function dueAt(trade: Trade): number | null {
  const orders = Object.values(trade.orders);
  const times = orders.flatMap(orderDueAt);
  if (!ENDED.has(trade.status)) {
    if (trade.unprotectedSince !== null && trade.incident === null) {
      times.push(trade.unprotectedSince + PROTECT_WITHIN_MS);
    }
    if (openQuantity(trade) > 0n) times.push(...exitRetries(trade, orders));
  }
  return times.length === 0 ? null : Math.min(...times);
}

function orderDueAt(order: Order): number[] {
  const { phase } = order;
  switch (phase.status) {
    case 'submitting':
      return [phase.sinceMs + SUBMIT_ANSWER_MS];
    case 'unknown':
    case 'cancelling':
      return [phase.nextAskAt];
    case 'working':
      return [];
    case 'filled':
    case 'cancelled':
    case 'rejected':
    case 'expired':
      return order.filledQuantity < order.reportedQuantityCum ? [phase.nextAskAt] : [];
    default:
      return phase satisfies never;
  }
}

/** The newest bad end of each exit role: an older one has been retried already. */
function exitRetries(trade: Trade, orders: readonly Order[]): number[] {
  const roles = trade.closing === null ? ['stop', 'target'] : ['close'];
  return roles.flatMap((role) => {
    const ofRole = orders.filter((order) => order.request.role === role);
    const ended = ofRole.filter(endedBadly);
    const last = ofRole.at(-1);
    if (last === undefined || !endedBadly(last) || !('endedAt' in last.phase)) return [];
    return [retryExitAt(last.phase.endedAt, ended.length)];
  });
}
