import { LEGS_MAX, type OrderRole } from '@ballast/domain';
import { approveExit } from './approve.ts';
import { mayExpire } from './due.ts';
import { isRefused } from './exit-pause.ts';
import { type ExitNeed, exitNeeds, hasAttemptLeft, surplusExits } from './exits.ts';
import { endTaking } from './market.ts';
import { watchMissingFills } from './missing-fills.ts';
import type { StepResult } from './open-trade.ts';
import { cancel, emit, submitting, withTrade } from './order-changes.ts';
import { isSettled } from './order.ts';
import { stopWhileBare, watchProtection } from './protection.ts';
import { moveAfterFirstTarget } from './stop-level.ts';
import {
  ENDED,
  filledByHand,
  openQuantity,
  ordersOf,
  type Trade,
  type TradeStatus,
} from './trade.ts';

/**
 * From what is so to what should be: which orders must exist for this position, which must go, and
 * what the trade is called now. A pure function of the state, so that every interleaving of fills,
 * answers and commands ends in the same orders.
 * @param before as it was before this step: tells what time alone has done to its protection
 */
export function derive(result: StepResult, at: number, before: Trade): StepResult {
  let next = expireEntry(result, at);
  next = stopWhileBare(next, at, before);
  next = stopEntering(next, at);
  next = moveAfterFirstTarget(next);
  next = endTaking(next, at);
  next = closeWhenUnprotectable(next, at);
  next = dropExits(next, at);
  next = coverPosition(next, at);
  next = watchProtection(next, at, before);
  next = watchMissingFills(next, at);
  return nameStatus(next, at);
}

function expireEntry(result: StepResult, at: number): StepResult {
  const { trade } = result;
  if (!mayExpire(trade) || at < (trade.plan.entryExpiresAt ?? 0)) return result;
  const reason = 'ENTRY_EXPIRED';
  return emit(withTrade(result, { ...trade, entryStopped: { at, reason } }), [
    { type: 'entryStopped', reason },
  ]);
}

/**
 * Once the trade closes, its entry is stopped, or any exit has filled, the rest of the entry must
 * not fill any more.
 */
function stopEntering(result: StepResult, at: number): StepResult {
  const { trade } = result;
  if (trade.closing === null && trade.entryStopped === null && !exitFilled(trade)) return result;
  const reason = trade.closing?.reason ?? trade.entryStopped?.reason ?? 'position is being reduced';
  return ordersOf(trade, 'entry').reduce(
    (next, order) => (order.phase.status === 'working' ? cancel(next, order, at, reason) : next),
    result,
  );
}

/**
 * A stop that the venue refuses leaves the position open to any loss (most often the trigger has
 * been passed already), and so does one for which no id is left: close at market. Where the
 * market is closed that could not be done either: the stop is sent again at the opening.
 */
function closeWhenUnprotectable(result: StepResult, at: number): StepResult {
  const { trade } = result;
  if (trade.closing !== null || openQuantity(trade) === 0n) return result;
  const phase = ordersOf(trade, 'stop').find(isRefused)?.phase;
  if (phase?.status === 'rejected') return closeFor(result, at, `STOP_REJECTED: ${phase.reason}`);
  const spent = exitNeeds(trade).find(
    (need) => need.role === 'stop' && !hasAttemptLeft(trade, need),
  );
  if (spent === undefined) return result;
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
 * Every exit that is missing, one after the other: where the venue does not clip exits, each takes
 * of what the next may have.
 */
function coverPosition(result: StepResult, at: number): StepResult {
  return exitNeeds(result.trade).reduce((next, { role, slot }) => {
    const need = exitNeeds(next.trade).find((other) => other.role === role && other.slot === slot);
    return need === undefined ? next : cover(next, need, at);
  }, result);
}

function cover(result: StepResult, need: ExitNeed, at: number): StepResult {
  if (at < need.notBefore) return result;
  if (!hasAttemptLeft(result.trade, need)) {
    return result.trade.incident === null ? noteExhausted(result, need.role) : result;
  }
  const closes = need.role === 'close' ? ordersOf(result.trade, 'close').length : 0;
  const next = closes === LEGS_MAX ? noteExhausted(result, need.role) : result;
  return submitting(next, approveExit(result.trade, need), at);
}

/**
 * Whatever rests at the venue and should not must go; but where the venue clips exits, nothing
 * while an entry may still fill and make it wanted again.
 */
function dropExits(result: StepResult, at: number): StepResult {
  const { trade } = result;
  const clips = trade.capabilities.exits === 'reduceOnly';
  if (clips && openQuantity(trade) === 0n && entryLive(trade)) return result;
  const reason = openQuantity(trade) === 0n ? 'position is flat' : 'to be replaced or closed';
  return surplusExits(trade).reduce((next, order) => cancel(next, order, at, reason), result);
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
  const hasFilled = trade.fills.some(({ quantity }) => quantity > 0n);
  const allSettled = Object.values(trade.orders).every(isSettled);
  if (allSettled) return hasFilled ? 'closed' : 'cancelled';
  if (hasFilled) return 'closing';
  return trade.closing === null ? 'entering' : 'closing';
}

/** Which exit ended the trade, or why it never began. */
function endReason(trade: Trade): string {
  const filled = (role: OrderRole): boolean =>
    ordersOf(trade, role).some((order) => order.filledQuantity > 0n);
  if (trade.fills.length > 0) {
    const exits: string[] = (['target', 'stop', 'close'] as const).filter(filled);
    if (filledByHand(trade)) exits.push('by_hand');
    return exits.length === 0 ? 'CLOSED' : exits.join(' and ').toUpperCase();
  }
  const entry = ordersOf(trade, 'entry')[0];
  const reason = entry !== undefined && 'reason' in entry.phase ? entry.phase.reason : '';
  return (
    trade.closing?.reason ??
    trade.entryStopped?.reason ??
    `ENTRY_${(entry?.phase.status ?? 'MISSING').toUpperCase()}: ${reason}`
  );
}

function entryLive(trade: Trade): boolean {
  return ordersOf(trade, 'entry').some((order) => !isSettled(order));
}

function exitFilled(trade: Trade): boolean {
  if (filledByHand(trade)) return true;
  return Object.values(trade.orders).some(
    (order) => order.request.role !== 'entry' && order.filledQuantity > 0n,
  );
}
