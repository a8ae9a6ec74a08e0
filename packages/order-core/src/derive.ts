import { LEGS_MAX, type OrderRole } from '@ballast/domain';
import { approveOrder } from './approve.ts';
import { exitNeed, hasAttemptLeft, liveQuantity, wantedExits } from './exit-need.ts';
import type { StepResult } from './open-trade.ts';
import { cancel, emit, submitting, withTrade } from './order-changes.ts';
import { isSettled } from './order.ts';
import { PROTECT_WITHIN_MS } from './timing.ts';
import { ENDED, openQuantity, ordersOf, type Trade, type TradeStatus } from './trade.ts';

/**
 * From what is so to what should be: which orders must exist for this position, which must go, and
 * what the trade is called now. A pure function of the state, so that every interleaving of fills,
 * answers and commands ends in the same orders.
 */
export function derive(result: StepResult, at: number): StepResult {
  let next = stopEntering(result, at);
  next = closeWhenUnprotectable(next, at);
  next = coverPosition(next, at);
  next = dropExits(next, at);
  next = watchProtection(next, at);
  return nameStatus(next, at);
}

/** Once the trade closes, or any exit has filled, the rest of the entry must not fill any more. */
function stopEntering(result: StepResult, at: number): StepResult {
  const { trade } = result;
  if (trade.closing === null && !exitFilled(trade)) return result;
  return ordersOf(trade, 'entry').reduce(
    (next, order) =>
      order.phase.status === 'working' ? cancel(next, order, at, 'trade is closing') : next,
    result,
  );
}

/**
 * A stop that the venue refuses leaves the position open to any loss (most often the trigger has
 * been passed already), and so does one for which no leg is left: close at market.
 */
function closeWhenUnprotectable(result: StepResult, at: number): StepResult {
  const { trade } = result;
  if (trade.closing !== null || openQuantity(trade) === 0n) return result;
  const phase = ordersOf(trade, 'stop').find((order) => order.phase.status === 'rejected')?.phase;
  if (phase?.status === 'rejected') return closeFor(result, at, `STOP_REJECTED: ${phase.reason}`);
  if (hasAttemptLeft(trade, 'stop') || exitNeed(trade, 'stop') === null) return result;
  return noteExhausted(closeFor(result, at, 'STOP_LEGS_EXHAUSTED'), 'stop');
}

function closeFor(result: StepResult, at: number, reason: string): StepResult {
  return emit(withTrade(result, { ...result.trade, closing: { at, reason } }), [
    { type: 'closeStarted', reason },
  ]);
}

function noteExhausted(result: StepResult, role: OrderRole): StepResult {
  const incident = result.trade.incident ?? 'LEGS_EXHAUSTED';
  return emit(withTrade(result, { ...result.trade, incident }), [
    { type: 'incident', kind: 'LEGS_EXHAUSTED', detail: role },
  ]);
}

/**
 * Exits rest for the whole open quantity. Each later fill of the entry gets a leg of its own
 * instead of a changed stop, so that protection has no gap. A closing trade keeps the stops it has
 * until it is flat.
 */
function coverPosition(result: StepResult, at: number): StepResult {
  return wantedExits(result.trade).reduce((next, role) => cover(next, role, at), result);
}

function cover(result: StepResult, role: OrderRole, at: number): StepResult {
  const { trade } = result;
  const need = exitNeed(trade, role);
  if (need === null || at < need.notBefore) return result;
  const attempt = ordersOf(trade, role).length;
  if (!hasAttemptLeft(trade, role)) {
    return trade.incident === null ? noteExhausted(result, role) : result;
  }
  // A close goes on: nothing else can end the position.
  const next = attempt === LEGS_MAX ? noteExhausted(result, role) : result;
  return submitting(next, approveOrder(trade, role, attempt, need.quantity), at);
}

/**
 * Flat with no entry to come: whatever rests at the venue must go. Targets go as soon as the trade
 * is being closed.
 */
function dropExits(result: StepResult, at: number): StepResult {
  const { trade } = result;
  const done = openQuantity(trade) === 0n && !entryLive(trade);
  const roles: OrderRole[] = done ? ['stop', 'target', 'close'] : trade.closing ? ['target'] : [];
  return roles
    .flatMap((role) => ordersOf(trade, role))
    .reduce(
      (next, order) =>
        order.phase.status === 'working'
          ? cancel(next, order, at, done ? 'position is flat' : 'trade is closing')
          : next,
      result,
    );
}

function watchProtection(result: StepResult, at: number): StepResult {
  const { trade } = result;
  const working = ordersOf(trade, 'stop').filter(
    ({ phase }) => phase.status === 'working' || phase.status === 'cancelling',
  );
  const exposed = openQuantity(trade) > liveQuantity(working);
  if (!exposed) {
    if (trade.unprotectedSince === null) return result;
    const covered = withTrade(result, { ...trade, unprotectedSince: null });
    if (trade.incident !== 'UNPROTECTED') return covered;
    const restored = withTrade(covered, { ...covered.trade, incident: null });
    return emit(restored, [{ type: 'protectionRestored' }]);
  }
  if (trade.unprotectedSince === null) {
    return withTrade(result, { ...trade, unprotectedSince: at });
  }
  if (trade.incident === 'UNPROTECTED') return result;
  if (at < trade.unprotectedSince + PROTECT_WITHIN_MS) return result;
  return emit(withTrade(result, { ...trade, incident: 'UNPROTECTED' }), [
    { type: 'protectionLost' },
  ]);
}

function nameStatus(result: StepResult, at: number): StepResult {
  const { trade } = result;
  const status = statusOf(trade);
  if (status === trade.status) return result;
  const ended = ENDED.has(status);
  const named: Trade = {
    ...trade,
    status,
    endedAt: ended ? at : null,
    endReason: ended ? endReason(trade) : null,
  };
  return emit(withTrade(result, named), [
    { type: 'statusChanged', from: trade.status, to: status },
  ]);
}

function statusOf(trade: Trade): TradeStatus {
  if (trade.status === 'denied') return 'denied';
  if (openQuantity(trade) > 0n) return trade.closing === null ? 'open' : 'closing';
  const allSettled = Object.values(trade.orders).every(isSettled);
  if (allSettled) return trade.executionIds.length > 0 ? 'closed' : 'cancelled';
  if (trade.executionIds.length > 0) return 'closing';
  return trade.closing === null ? 'entering' : 'closing';
}

/** Which exit ended the trade, or why it never began. */
function endReason(trade: Trade): string {
  const filled = (role: OrderRole): boolean =>
    ordersOf(trade, role).some((order) => order.filledQuantity > 0n);
  if (trade.executionIds.length > 0) {
    const exits = (['target', 'stop', 'close'] as const).filter(filled);
    return exits.length === 0 ? 'CLOSED' : exits.join(' and ').toUpperCase();
  }
  const entry = ordersOf(trade, 'entry')[0];
  const reason = entry !== undefined && 'reason' in entry.phase ? entry.phase.reason : '';
  return (
    trade.closing?.reason ?? `ENTRY_${(entry?.phase.status ?? 'MISSING').toUpperCase()}: ${reason}`
  );
}

function entryLive(trade: Trade): boolean {
  return ordersOf(trade, 'entry').some((order) => !isSettled(order));
}

function exitFilled(trade: Trade): boolean {
  return Object.values(trade.orders).some(
    (order) => order.request.role !== 'entry' && order.filledQuantity > 0n,
  );
}
