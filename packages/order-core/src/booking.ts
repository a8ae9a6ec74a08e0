import { type Fill, subtractQuantity } from '@ballast/domain';
import { asNews } from './fill-news.ts';
import { foldBooked, kept } from './fold.ts';
import { applyFill } from './ledger.ts';
import type { IncidentKind, TradeEvent, TradeInput } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import { emit, toPhase, withTrade } from './order-changes.ts';
import {
  isLive,
  leavesQuantity,
  type Order,
  phaseAfterReport,
  withCorrection,
  withFill,
} from './order.ts';
import { type BookedFill, isOvershot, orderById, type Trade, withOrder } from './trade.ts';

/**
 * A fill is booked once, whoever brings it and whatever we believed about its order; but one that
 * is not of the order's side and instrument, or is another trade's, is no fill of ours. A
 * correction takes the place of the revision before it, and an older revision that comes late
 * changes nothing.
 */
export function bookFill(
  result: StepResult,
  { fill: told, at, bookedIn }: Extract<TradeInput, { type: 'fill' }>,
): StepResult {
  const { trade } = result;
  if (trade.mismatchedExecutionIds.includes(told.executionId)) return result;
  const earlier = trade.fills.find((other) => other.executionId === told.executionId);
  const fill = asNews(told, earlier ?? null);
  if (fill === null) return result;
  const order = orderById(trade, fill.clientOrderId);
  const taken = bookedIn === undefined ? null : `booked in trade ${bookedIn}`;
  const mismatch = taken ?? mismatchOf(trade, order, fill);
  if (mismatch !== null) return refuseFill(result, fill.executionId, mismatch);
  return earlier === undefined ? bookNew(result, order, fill, at) : revise(result, earlier, fill);
}

function bookNew(result: StepResult, order: Order | null, fill: Fill, at: number): StepResult {
  const { trade } = result;
  const { clientOrderId, executionId, revision } = fill;
  const position =
    fill.quantity > 0n ? applyFill(trade.position, fill, trade.instrument) : trade.position;
  const booked: Trade = { ...trade, fills: [...trade.fills, kept(fill)], position };
  const events: TradeEvent[] = [{ type: 'fillBooked', clientOrderId, executionId, revision }];
  if (order === null) events.push(incident('FILL_WITHOUT_ORDER', `execution ${executionId}`));
  if (isOvershot(booked) && !isOvershot(trade)) {
    events.push(incident('OVERSHOT', `exits exceed the entry: execution ${executionId}`));
  }
  if (order === null || fill.quantity === 0n) return emit(withTrade(result, booked), events);
  const filled = withFill(order, fill.quantity);
  if (filled.filledQuantity > filled.request.quantity) {
    events.push(incident('OVERFILLED', `order ${clientOrderId}`));
  }
  const next = emit(withTrade(result, withOrder(booked, filled)), events);
  return afterFill(next, filled, fill.venueOrderId, at);
}

/** The venue has corrected an execution: position and order are what they would have been. */
function revise(result: StepResult, earlier: BookedFill, fill: Fill): StepResult {
  const { trade } = result;
  const { clientOrderId, executionId, revision } = fill;
  const { byHand } = earlier;
  const again: BookedFill = byHand === undefined ? kept(fill) : { ...kept(fill), byHand };
  const fills = trade.fills.map((other) => (other === earlier ? again : other));
  const revised: Trade = { ...trade, fills, position: foldBooked(fills, trade.instrument) };
  const events: TradeEvent[] = [{ type: 'fillRevised', clientOrderId, executionId, revision }];
  if (isOvershot(revised) && !isOvershot(trade)) {
    events.push(incident('OVERSHOT', `after a correction of execution ${executionId}`));
  }
  const order = byHand === undefined ? orderById(revised, clientOrderId) : null;
  if (order === null) return emit(withTrade(result, revised), events);
  const change = subtractQuantity(fill.quantity, earlier.quantity);
  const corrected = withCorrection(order, change);
  return emit(withTrade(result, withOrder(revised, corrected)), events);
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
  const complete = leavesQuantity(order) === 0n;
  const status = complete ? 'filled' : 'partiallyFilled';
  const report = { status, venueOrderId, reason: '' } as const;
  return toPhase(result, order, phaseAfterReport(order, report, at), 'fill');
}
