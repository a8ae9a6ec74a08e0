import { exitNeed, hasAttemptLeft, wantedExits } from './exit-need.ts';
import { type Order, unbookedQuantity } from './order.ts';
import { PROTECT_WITHIN_MS, SUBMIT_ANSWER_MS } from './timing.ts';
import { ENDED, type Trade } from './trade.ts';

/**
 * When the trade next wants a `clock` input (epoch ms); null when it waits for nothing but the
 * venue.
 */
export function dueAt(trade: Trade): number | null {
  const orders = Object.values(trade.orders);
  const times = orders.flatMap(orderDueAt);
  if (!ENDED.has(trade.status)) {
    if (trade.unprotectedSince !== null && trade.incident !== 'UNPROTECTED') {
      times.push(trade.unprotectedSince + PROTECT_WITHIN_MS);
    }
    times.push(...exitRetries(trade));
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
    case 'filled':
    case 'cancelled':
    case 'rejected':
    case 'expired':
      return unbookedQuantity(order) > 0n ? [phase.nextAskAt] : [];
    default:
      return phase satisfies never;
  }
}

/**
 * An exit that is wanted already waits only for its pause: without one, `derive` would have sent
 * it.
 */
function exitRetries(trade: Trade): number[] {
  return wantedExits(trade).flatMap((role) => {
    const need = exitNeed(trade, role);
    return need === null || !hasAttemptLeft(trade, role) ? [] : [need.notBefore];
  });
}
