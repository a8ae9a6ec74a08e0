import { addQuantity, BrokenInvariant, type Price } from '@ballast/domain';
import { attributeFills } from './attribute-fills.ts';
import { bookFill } from './booking.ts';
import { derive } from './derive.ts';
import { isRefusedWhileClosed } from './exit-pause.ts';
import { followMaxQuantity } from './exit-size.ts';
import { isStillNeeded } from './exits.ts';
import { onMarketPrice } from './market.ts';
import type { TradeInput } from './messages.ts';
import { dismissMissing } from './missing-fills.ts';
import type { StepResult } from './open-trade.ts';
import {
  ask,
  askMissing,
  cancelAgain,
  emit,
  resubmit,
  toPhase,
  toUnknown,
  toUnsent,
  withTrade,
} from './order-changes.ts';
import { isLive, type Order, phaseAfterReport, unbookedQuantity } from './order.ts';
import { tellRecognised } from './recognised.ts';
import { breakEvenLevel, moveStopTo } from './stop-level.ts';
import { askAgainAt, ENTRY_RESEND_WITHIN_MS, PROOF_MARGIN_MS, SUBMIT_ANSWER_MS } from './timing.ts';
import { openQuantity, orderById, type Trade, withOrder } from './trade.ts';

/**
 * One thing happened to a trade: books it, then lets `derive` ask for whatever should exist now.
 * Total over any order of inputs: late, repeated and contradicting ones included.
 * @throws BrokenInvariant for an answer about an order that the trade does not have: the shell
 * routed it wrongly
 */
export function step(trade: Trade, input: TradeInput): StepResult {
  const start: StepResult = { trade, events: [], effects: [] };
  return derive(tellRecognised(trade, apply(start, input)), input.at, trade);
}

function apply(result: StepResult, input: TradeInput): StepResult {
  switch (input.type) {
    case 'closeRequested':
      return startClosing(result, input.at, input.reason);
    case 'entryStopRequested':
      return stopEntry(result, input.at, input.reason);
    case 'stopMoveRequested':
      return moveStop(result, input.level, input.reason);
    case 'scaleOutRequested':
      return scaleOut(result, input);
    case 'maxQuantityChanged':
      return followMaxQuantity(result, input.maxQuantity);
    case 'marketPrice':
      return onMarketPrice(result, input.price, input.at);
    case 'fill':
      return bookFill(result, input);
    case 'fillsAttributed':
      return attributeFills(result, input.fills);
    case 'nothingMissing':
      return dismissMissing(result, input);
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

function stopEntry(result: StepResult, at: number, reason: string): StepResult {
  const { trade } = result;
  if (trade.entryStopped !== null || trade.closing !== null || trade.endedAt !== null)
    return result;
  return emit(withTrade(result, { ...trade, entryStopped: { at, reason } }), [
    { type: 'entryStopped', reason },
  ]);
}

/** A closing trade keeps its stops; one without a position has no entry price to go to. */
function moveStop(result: StepResult, level: Price | 'breakEven', reason: string): StepResult {
  const { trade } = result;
  if (trade.closing !== null || trade.endedAt !== null) return result;
  const price = level === 'breakEven' ? breakEvenLevel(trade) : level;
  return price === null ? result : moveStopTo(result, price, reason);
}

/** What was asked for adds up; more than is open closes what is open. */
function scaleOut(
  result: StepResult,
  { quantity, reason }: Extract<TradeInput, { type: 'scaleOutRequested' }>,
): StepResult {
  const { trade } = result;
  if (trade.closing !== null || openQuantity(trade) === 0n) return result;
  const scaleOutCum = addQuantity(trade.scaleOutCum, quantity);
  return emit(withTrade(result, { ...trade, scaleOutCum }), [
    { type: 'scaleOutAsked', quantity, reason },
  ]);
}

function onReport(
  result: StepResult,
  { report, at }: Extract<TradeInput, { type: 'report' }>,
): StepResult {
  const order = orderById(result.trade, report.clientOrderId);
  if (order === null) throw routedWrongly(result.trade, report.clientOrderId);
  if (report.status === 'unrecognised') return freeze(result, order, report.reason, at);
  const cum = report.filledQuantityCum;
  const seen: Order = {
    ...order,
    reportedQuantityCum: max(cum, order.reportedQuantityCum),
    unrecognised: null,
    missing: null,
  };
  const phase = phaseAfterReport(seen, report, at);
  const changed = toPhase(result, seen, phase, report.reason);
  const next = isLive(order) ? noteRejected(changed, { ...seen, phase }) : changed;
  const behind = unbookedQuantity(seen) > 0n;
  return behind && seen.reportedQuantityCum > order.reportedQuantityCum ? ask(next, seen) : next;
}

/** Nobody guesses what an unknown word means: nothing new is sent until the venue says another. */
function freeze(result: StepResult, order: Order, word: string, at: number): StepResult {
  const marked: Order = { ...order, unrecognised: word, missing: null };
  const next = isLive(order)
    ? toUnknown(result, marked, at, `state "${word}"`)
    : withTrade(result, withOrder(result.trade, marked));
  if (order.unrecognised === word) return next;
  const detail = `order ${order.request.clientOrderId}: state "${word}"`;
  return emit(next, [{ type: 'incident', kind: 'STATE_UNRECOGNISED', detail }]);
}

function onAnswer(
  result: StepResult,
  input: Exclude<
    TradeInput,
    | { type: 'closeRequested' | 'entryStopRequested' | 'stopMoveRequested' }
    | { type: 'scaleOutRequested' | 'maxQuantityChanged' | 'marketPrice' }
    | { type: 'fill' | 'fillsAttributed' | 'nothingMissing' | 'restarted' | 'clock' | 'report' }
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
    case 'missing':
      if (order.phase.status === 'working') return askMissing(result, order, at);
      return isLive(order) ? ask(result, order) : result;
    case 'cancelUnclear':
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
  return noteRejected(toPhase(result, order, ended, reason), { ...order, phase: ended });
}

/**
 * A stop's rejection is answered by `derive`; a target is given up, which the operator has to
 * know.
 */
function noteRejected(result: StepResult, order: Order): StepResult {
  const { request, phase } = order;
  if (request.role !== 'target' || phase.status !== 'rejected') return result;
  if (isRefusedWhileClosed(order)) return result;
  return emit(result, [{ type: 'incident', kind: 'TARGET_REJECTED', detail: phase.reason }]);
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
    return toUnknown(result, { ...order, missing: null }, at, 'the venue does not know it');
  }
  if (phase.status !== 'unknown') return result;
  const settled = phase.since + result.trade.capabilities.requestSettlesMs + PROOF_MARGIN_MS;
  if (askedAt < settled) return result;
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
  if (order.request.role !== 'entry') return isStillNeeded(trade, order);
  if (trade.plan.entryExpiresAt !== null && at >= trade.plan.entryExpiresAt) return false;
  if (trade.closing !== null || trade.entryStopped !== null) return false;
  return at - trade.createdAt <= ENTRY_RESEND_WITHIN_MS;
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
    if (phase.status === 'submitting' && at >= phase.since + SUBMIT_ANSWER_MS) {
      return toUnknown(next, order, at, 'no answer');
    }
    if (phase.status === 'unknown' || phase.status === 'cancelling') {
      if (at < phase.nextAskAt) return next;
      const asks = phase.asks + 1;
      const waiting = { ...phase, asks, nextAskAt: askAgainAt(at, asks) };
      const asked = ask(toPhase(next, order, waiting, ''), order);
      return phase.status === 'cancelling' ? cancelAgain(asked, order) : asked;
    }
    if (phase.status === 'working' && order.missing !== null) {
      return at < order.missing.nextAskAt ? next : askMissing(next, order, at);
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
