import { BrokenInvariant, type Fill } from '@ballast/domain';
import { derive } from './derive.ts';
import { fitsNeed } from './exit-need.ts';
import { applyFill } from './ledger.ts';
import type { IncidentKind, TradeEvent, TradeInput } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import {
  ask,
  cancelAgain,
  emit,
  resubmit,
  toPhase,
  toUnknown,
  toUnsent,
  withTrade,
} from './order-changes.ts';
import { isLive, type Order, phaseAfterReport, unbookedQuantity, withFill } from './order.ts';
import {
  askAgainAt,
  ENTRY_RESEND_WITHIN_MS,
  PROOF_MARGIN_MS,
  RECEIVE_WINDOW_MS,
  SUBMIT_ANSWER_MS,
} from './timing.ts';
import { isOvershot, orderById, type Trade, withOrder } from './trade.ts';

/**
 * One thing happened to a trade: books it, then lets `derive` ask for whatever should exist now.
 * Total over any order of inputs: late, repeated and contradicting ones included.
 * @throws BrokenInvariant for an answer about an order that the trade does not have: the shell
 * routed it wrongly
 */
export function step(trade: Trade, input: TradeInput): StepResult {
  const start: StepResult = { trade, events: [], effects: [] };
  return derive(apply(start, input), input.at);
}

function apply(result: StepResult, input: TradeInput): StepResult {
  switch (input.type) {
    case 'closeRequested':
      return startClosing(result, input.at, input.reason);
    case 'fill':
      return bookFill(result, input.fill, input.at);
    case 'restarted':
      return afterRestart(result, input.at);
    case 'clock':
      return onClock(result, input.at);
    case 'report':
      return onReport(result, input);
    case 'submitAccepted':
    case 'submitRefused':
    case 'submitNotSent':
    case 'submitUnclear':
    case 'cancelUnclear':
    case 'missing':
    case 'notFound':
      return onAnswer(result, input);
    default:
      return input satisfies never;
  }
}

function startClosing(result: StepResult, at: number, reason: string): StepResult {
  if (result.trade.closing !== null || result.trade.endedAt !== null) return result;
  return emit(withTrade(result, { ...result.trade, closing: { at, reason } }), [
    { type: 'closeStarted', reason },
  ]);
}

/**
 * A fill is booked once, whoever brings it and whatever we believed about its order; but one that
 * is not of the order's side and instrument is no fill of ours.
 */
function bookFill(result: StepResult, fill: Fill, at: number): StepResult {
  const { trade } = result;
  const { clientOrderId, executionId } = fill;
  const known = [...trade.executionIds, ...trade.mismatchedExecutionIds];
  if (known.includes(executionId)) return result;
  const order = orderById(trade, clientOrderId);
  const mismatch = mismatchOf(trade, order, fill);
  if (mismatch !== null) return refuseFill(result, executionId, mismatch);
  const booked: Trade = {
    ...trade,
    executionIds: [...trade.executionIds, executionId],
    position: applyFill(trade.position, fill, trade.instrument.multiplier),
  };
  const events: TradeEvent[] = [{ type: 'fillBooked', clientOrderId, executionId }];
  if (order === null) events.push(incident('FILL_WITHOUT_ORDER', `execution ${executionId}`));
  if (isOvershot(booked) && !isOvershot(trade)) {
    events.push(incident('OVERSHOT', `exits exceed the entry: execution ${executionId}`));
  }
  if (order === null) return emit(withTrade(result, booked), events);
  const filled = withFill(order, fill.quantity);
  if (filled.filledQuantity > filled.request.quantity) {
    events.push(incident('OVERFILLED', `order ${clientOrderId}`));
  }
  const next = emit(withTrade(result, withOrder(booked, filled)), events);
  return afterFill(next, filled, fill.venueOrderId, at);
}

function incident(kind: IncidentKind, detail: string): TradeEvent {
  return { type: 'incident', kind, detail };
}

/** In what a fill contradicts its order, or its trade when it has none; null when in nothing. */
function mismatchOf(trade: Trade, order: Order | null, fill: Fill): string | null {
  const instrument = order?.request.instrument ?? trade.plan.instrument;
  if (fill.instrument !== instrument) return `instrument ${fill.instrument}, not ${instrument}`;
  if (order === null || fill.side === order.request.side) return null;
  return `side ${fill.side}, not ${order.request.side}`;
}

/** Said once. What it did to the venue's position shows when ledger and venue are compared. */
function refuseFill(result: StepResult, executionId: string, mismatch: string): StepResult {
  const { trade } = result;
  const mismatchedExecutionIds = [...trade.mismatchedExecutionIds, executionId];
  return emit(withTrade(result, { ...trade, mismatchedExecutionIds }), [
    incident('FILL_MISMATCH', `execution ${executionId}: ${mismatch}`),
  ]);
}

/** A fill proves that the order is at the venue, and a complete one that it has ended. */
function afterFill(result: StepResult, order: Order, venueOrderId: string, at: number): StepResult {
  if (!isLive(order)) return result;
  const complete = order.filledQuantity >= order.request.quantity;
  const status = complete ? 'filled' : 'partiallyFilled';
  const report = { status, venueOrderId, reason: '' } as const;
  return toPhase(result, order, phaseAfterReport(order, report, at), 'fill');
}

function onReport(
  result: StepResult,
  { report, at }: Extract<TradeInput, { type: 'report' }>,
): StepResult {
  const order = orderById(result.trade, report.clientOrderId);
  if (order === null) throw routedWrongly(result.trade, report.clientOrderId);
  const cum = report.filledQuantityCum;
  const seen = { ...order, reportedQuantityCum: max(cum, order.reportedQuantityCum) };
  const phase = phaseAfterReport(seen, report, at);
  const changed = toPhase(result, seen, phase, report.reason);
  const rejected = isLive(order) && phase.status === 'rejected';
  const next = rejected ? noteRejected(changed, order, report.reason) : changed;
  const behind = unbookedQuantity(seen) > 0n;
  return behind && seen.reportedQuantityCum > order.reportedQuantityCum ? ask(next, seen) : next;
}

function onAnswer(
  result: StepResult,
  input: Exclude<
    TradeInput,
    { type: 'closeRequested' | 'fill' | 'restarted' | 'clock' | 'report' }
  >,
): StepResult {
  const order = orderById(result.trade, input.clientOrderId);
  if (order === null) throw routedWrongly(result.trade, input.clientOrderId);
  const { at } = input;
  const awaited = order.phase.status === 'submitting' || order.phase.status === 'unknown';
  switch (input.type) {
    case 'submitAccepted': {
      if (!awaited) return result;
      const { venueOrderId } = input;
      return toPhase(result, order, { status: 'working', venueOrderId, nextAskAt: at }, 'accepted');
    }
    case 'submitRefused':
      return awaited ? refused(result, order, at, input.reason) : result;
    case 'submitNotSent': {
      if (order.phase.status !== 'submitting') return result;
      return toUnsent(result, order, at, `not sent: ${input.reason}`);
    }
    case 'submitUnclear':
      return order.phase.status === 'submitting'
        ? toUnknown(result, order, at, input.reason)
        : result;
    case 'cancelUnclear':
    case 'missing':
      return isLive(order) ? ask(result, order) : result;
    case 'notFound':
      return onNotFound(result, order, input.at, input.askedAt);
    default:
      return input satisfies never;
  }
}

function refused(result: StepResult, order: Order, at: number, reason: string): StepResult {
  const ended = {
    status: 'rejected',
    venueOrderId: null,
    endedAt: at,
    reason,
    nextAskAt: at,
  } as const;
  return noteRejected(toPhase(result, order, ended, reason), order, reason);
}

/**
 * A stop's rejection is answered by `derive`; a target is given up, which the operator has to
 * know.
 */
function noteRejected(result: StepResult, { request }: Order, reason: string): StepResult {
  if (request.role !== 'target') return result;
  return emit(result, [{ type: 'incident', kind: 'TARGET_REJECTED', detail: reason }]);
}

/**
 * The venue has no such order. Before the receive window has passed this proves nothing. After it:
 * a request that never arrived is sent again under the same id while it is still wanted (an entry
 * only while its plan is fresh); otherwise, and when the venue had acknowledged it and no longer
 * knows it, the order has ended.
 */
function onNotFound(result: StepResult, order: Order, at: number, askedAt: number): StepResult {
  const { phase } = order;
  if (phase.status === 'working' || phase.status === 'cancelling') {
    return toUnknown(result, order, at, 'the venue does not know it');
  }
  if (phase.status !== 'unknown') return result;
  if (askedAt < phase.sinceMs + RECEIVE_WINDOW_MS + PROOF_MARGIN_MS) return result;
  const { venueOrderId } = phase;
  if (venueOrderId === null && isStillWanted(result.trade, order, at)) {
    return resubmit(result, order, at);
  }
  const reason = 'NOT_AT_VENUE';
  const ended = { status: 'cancelled', venueOrderId, endedAt: at, reason, nextAskAt: at } as const;
  return toPhase(result, order, ended, reason);
}

/**
 * The position may have changed since the order was made: an exit that has become too large is
 * replaced by a new leg.
 */
function isStillWanted(trade: Trade, order: Order, at: number): boolean {
  if (order.request.role !== 'entry') return fitsNeed(trade, order);
  return trade.closing === null && at - trade.createdAt <= ENTRY_RESEND_WITHIN_MS;
}

/**
 * Of a request that the last process had in hand nobody knows whether it left: every such order is
 * asked for.
 */
function afterRestart(result: StepResult, at: number): StepResult {
  return Object.values(result.trade.orders).reduce((next, order) => {
    if (order.phase.status === 'submitting') {
      return toUnknown(next, order, at, 'gateway restarted');
    }
    return isLive(order) ? ask(next, order) : next;
  }, result);
}

/** Asks again for whatever has waited long enough. */
function onClock(result: StepResult, at: number): StepResult {
  return Object.values(result.trade.orders).reduce((next, order) => {
    const { phase } = order;
    if (phase.status === 'submitting' && at >= phase.sinceMs + SUBMIT_ANSWER_MS) {
      return toUnknown(next, order, at, 'no answer');
    }
    if (phase.status === 'unknown' || phase.status === 'cancelling') {
      if (at < phase.nextAskAt) return next;
      const asks = phase.asks + 1;
      const waiting = { ...phase, asks, nextAskAt: askAgainAt(at, asks) };
      const asked = ask(toPhase(next, order, waiting, ''), order);
      return phase.status === 'cancelling' ? cancelAgain(asked, order) : asked;
    }
    const behind = unbookedQuantity(order) > 0n;
    if ('nextAskAt' in phase && behind && at >= phase.nextAskAt) {
      const waiting = { ...phase, nextAskAt: askAgainAt(at, 1) };
      return ask(toPhase(next, order, waiting, ''), order);
    }
    return next;
  }, result);
}

function max<Q extends bigint>(a: Q, b: Q): Q {
  return a > b ? a : b;
}

function routedWrongly(trade: Trade, clientOrderId: string): BrokenInvariant {
  return new BrokenInvariant(`trade ${trade.id} has no order ${clientOrderId}`);
}
