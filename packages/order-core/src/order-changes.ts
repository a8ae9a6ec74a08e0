import { type RiskApproved, invariant, type Quantity } from '@ballast/domain';
import type { TradeEffect, TradeEvent } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import { type Order, type OrderPhase } from './order.ts';
import { askAgainAt, askUnsentAt, PROOF_MARGIN_MS } from './timing.ts';
import { type Trade, withOrder } from './trade.ts';

/** Adds events and effects to a step. */
export function emit(
  result: StepResult,
  events: readonly TradeEvent[],
  effects: readonly TradeEffect[] = [],
): StepResult {
  return {
    trade: result.trade,
    events: [...result.events, ...events],
    effects: [...result.effects, ...effects],
  };
}

export function withTrade(result: StepResult, trade: Trade): StepResult {
  return { ...result, trade };
}

/**
 * A new order: its intent becomes part of the state in the same step that asks for it to be sent.
 */
export function submitting(result: StepResult, request: RiskApproved, at: number): StepResult {
  const id = request.clientOrderId;
  invariant(result.trade.orders[id] === undefined, `order ${id} exists already`);
  const order: Order = {
    request,
    createdAt: at,
    filledQuantity: 0n as Quantity,
    reportedQuantityCum: 0n as Quantity,
    takenBackCum: 0n as Quantity,
    cancelAsked: false,
    unrecognised: null,
    missing: null,
    behind: null,
    phase: { status: 'submitting', since: at },
  };
  return emit(
    withTrade(result, withOrder(result.trade, order)),
    [{ type: 'orderCreated', clientOrderId: id }],
    [{ type: 'submit', order: request }],
  );
}

/** Moves an order to another phase; says so only when the status really changes. */
export function toPhase(
  result: StepResult,
  order: Order,
  phase: OrderPhase,
  reason: string,
): StepResult {
  const changed = withTrade(result, withOrder(result.trade, { ...order, phase }));
  const from = order.phase.status;
  if (from === phase.status) return changed;
  const clientOrderId = order.request.clientOrderId;
  return emit(changed, [{ type: 'orderChanged', clientOrderId, from, to: phase.status, reason }]);
}

/** The same order, the same id, once more: only after proof that the venue does not have it. */
export function resubmit(result: StepResult, order: Order, at: number): StepResult {
  const again = toPhase(result, order, { status: 'submitting', since: at }, 'not at the venue');
  return emit(again, [], [{ type: 'submit', order: order.request }]);
}

/**
 * The order may or may not be at the venue. The phase's `since` is the last moment at which a
 * request may have left: "not found" is proof only for a question asked a receive window later.
 */
export function toUnknown(
  result: StepResult,
  order: Order,
  at: number,
  reason: string,
): StepResult {
  const { phase } = order;
  const venueOrderId = phase.status === 'submitting' ? null : phase.venueOrderId;
  const unknown: OrderPhase = {
    status: 'unknown',
    since: at,
    asks: 1,
    nextAskAt: askAgainAt(at, 0),
    venueOrderId,
  };
  return ask(toPhase(result, order, unknown, reason), order);
}

/**
 * The request surely did not arrive; whether an earlier one did is for the venue to say. Asked
 * after a pause, since "not found" is proof at once and sends it again.
 */
export function toUnsent(result: StepResult, order: Order, at: number, reason: string): StepResult {
  const unsent: OrderPhase = {
    status: 'unknown',
    since: at - result.trade.capabilities.requestSettlesMs - PROOF_MARGIN_MS,
    asks: 0,
    nextAskAt: askUnsentAt(order.createdAt, at),
    venueOrderId: null,
  };
  return toPhase(result, order, unsent, reason);
}

export function ask(result: StepResult, order: Order): StepResult {
  const { clientOrderId, instrument } = order.request;
  return emit(result, [], [{ type: 'query', clientOrderId, instrument }]);
}

/** Asks, and asks again after a pause: an answer that never comes must not wait for a sweep. */
export function askMissing(result: StepResult, order: Order, at: number): StepResult {
  const asks = (order.missing?.asks ?? 0) + 1;
  const since = order.missing?.since ?? at;
  const missing = { since, asks, nextAskAt: askAgainAt(at, asks) };
  return ask(withTrade(result, withOrder(result.trade, { ...order, missing })), order);
}

export function cancel(result: StepResult, order: Order, at: number, reason: string): StepResult {
  const { phase } = order;
  invariant(phase.status === 'working', `cancel of a ${phase.status} order`);
  const { clientOrderId, instrument } = order.request;
  const { venueOrderId } = phase;
  return emit(
    toPhase(
      result,
      { ...order, cancelAsked: true },
      { status: 'cancelling', since: at, venueOrderId, asks: 0, nextAskAt: askAgainAt(at, 2) },
      reason,
    ),
    [],
    [{ type: 'cancel', clientOrderId, venueOrderId, instrument }],
  );
}

/** Cancelling is safe to repeat, and a lost request looks just like a slow one. */
export function cancelAgain(result: StepResult, order: Order): StepResult {
  if (order.phase.status !== 'cancelling') return result;
  const { clientOrderId, instrument } = order.request;
  const { venueOrderId } = order.phase;
  return emit(result, [], [{ type: 'cancel', clientOrderId, venueOrderId, instrument }]);
}
