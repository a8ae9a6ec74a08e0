import { isSessionOpen, nextOpening, REJECTED_WHILE_CLOSED } from '@ballast/domain';
import { endedBadly, type Order } from './order.ts';
import { openingRetryAt, retryExitAt, retryInSessionAt } from './timing.ts';
import type { Trade } from './trade.ts';

/** The venue refused it for the hour alone: it is wanted again at the opening. */
export function isRefusedWhileClosed({ phase }: Order): boolean {
  return phase.status === 'rejected' && phase.reason.startsWith(REJECTED_WHILE_CLOSED);
}

/** The venue refused the order itself: one like it would be refused again. */
export function isRefused(order: Order): boolean {
  return order.phase.status === 'rejected' && !isRefusedWhileClosed(order);
}

/** Those of them that count against the bound of attempts. */
export function failedOf(orders: readonly Order[]): readonly Order[] {
  return orders.filter((order) => endedBadly(order) && !isRefusedWhileClosed(order));
}

/**
 * When the next exit after these may be sent (epoch ms). One that just ended badly is not hammered:
 * the reason may be a fill still on its way, or a market that opens tomorrow.
 */
export function notBefore(
  orders: readonly Order[],
  { session }: Pick<Trade['instrument'], 'session'>,
): number {
  const failed = failedOf(orders);
  const retries = orders.filter(endedBadly).map((order) => {
    const { phase } = order;
    if (!('endedAt' in phase)) return 0;
    const { endedAt } = phase;
    if (!isRefusedWhileClosed(order)) return retryExitAt(endedAt, failed.length);
    return isSessionOpen(session, endedAt)
      ? retryInSessionAt(endedAt)
      : openingRetryAt(nextOpening(session, endedAt));
  });
  return Math.max(0, ...retries);
}
