import { exitNeeds, hasAttemptLeft } from './exits.ts';
import { missingTellAt } from './missing-fills.ts';
import { isLive, type Order, unbookedQuantity } from './order.ts';
import { doubtedFrom } from './protection.ts';
import { PROTECT_WITHIN_MS, SUBMIT_ANSWER_MS, TAKE_FOR_MS } from './timing.ts';
import { ENDED, ordersOf, type Trade } from './trade.ts';

/**
 * When the trade next wants a `clock` input (epoch ms);
 * null when it waits for nothing but the venue.
 */
export function dueAt(trade: Trade): number | null {
  const orders = Object.values(trade.orders);
  const times = [...orders.flatMap(orderDueAt), ...orders.flatMap(missingTellAt)];
  if (!ENDED.has(trade.status)) {
    if (trade.incident !== 'UNPROTECTED') {
      const since = trade.unprotectedSince;
      times.push(...(since === null ? doubtedFrom(trade) : [since + PROTECT_WITHIN_MS]));
    }
    times.push(...exitRetries(trade));
    times.push(...trade.taking.filter(({ over }) => !over).map(({ at }) => at + TAKE_FOR_MS));
    if (mayExpire(trade)) times.push(trade.plan.entryExpiresAt ?? 0);
  }
  return times.length === 0 ? null : Math.min(...times);
}

function orderDueAt(order: Order): number[] {
  const { phase } = order;
  switch (phase.status) {
    case 'submitting':
      return [phase.since + SUBMIT_ANSWER_MS];
    case 'unknown':
    case 'cancelling':
      return [phase.nextAskAt];
    case 'working':
      if (order.missing !== null) return [order.missing.nextAskAt];
      return unbookedQuantity(order) > 0n ? [phase.nextAskAt] : [];
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
 * An exit that is wanted already waits only for its pause: without one,
 * `derive` would have sent it.
 */
function exitRetries(trade: Trade): number[] {
  return exitNeeds(trade)
    .filter((need) => hasAttemptLeft(trade, need))
    .map(({ notBefore }) => notBefore);
}

/** Is there an entry still that its plan's time can end? */
export function mayExpire(trade: Trade): boolean {
  if (trade.plan.entryExpiresAt === null || trade.entryStopped !== null) return false;
  return trade.closing === null && ordersOf(trade, 'entry').some(isLive);
}
