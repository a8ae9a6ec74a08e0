import {
  type fills,
  type incidents,
  type orders,
  type outbox,
  type pages,
  type positions,
  type tradeEvents,
  type trades,
  UNATTRIBUTED,
  type venueOddities,
} from '@ballast/db';
import { formatScaled, tradePlanToWire } from '@ballast/domain';
import {
  entryPrice,
  type Order,
  type Position,
  toJson,
  type Trade,
  type Unattributed,
  venueOrderIdOf,
} from '@ballast/order-core';
import type { Stage, StagedEffect, StagedEvent, StagedFill } from '../journal/stage.ts';

type Row<T extends { $inferInsert: unknown }> = T['$inferInsert'];

export function tradeRow(trade: Trade, epoch: number, now: number): Row<typeof trades> {
  const { plan, position, instrument } = trade;
  const fees = position.feesCum[position.currency] ?? 0n;
  return {
    id: trade.id,
    account: trade.account,
    instrument: plan.instrument,
    direction: plan.direction,
    status: trade.status,
    origin: plan.origin.kind === 'ticket' ? 'ticket' : plan.origin.strategy,
    signalId: plan.origin.kind === 'signal' ? plan.origin.signalId : null,
    plan: tradePlanToWire(plan),
    state: toJson(trade),
    quantity: position.quantity,
    entryPrice: entryPrice(position, instrument.multiplier),
    realisedCum: position.realisedCum,
    feesCum: fees,
    createdAt: trade.createdAt,
    updatedAt: now,
    endedAt: trade.endedAt,
    endReason: trade.endReason,
    epoch,
  };
}

/** What Ballast did not do has no plan and no orders; `end_reason` is what the operator said. */
export function unattributedRow(
  record: Unattributed,
  epoch: number,
  now: number,
): Row<typeof trades> {
  const { id, account, instrument, status, position, terms, createdAt, endedAt } = record;
  return {
    ...{ id, account, instrument, status, createdAt, endedAt, epoch },
    direction: record.fills[0]?.side === 'sell' ? 'short' : 'long',
    origin: UNATTRIBUTED,
    signalId: null,
    plan: {},
    state: toJson(record),
    quantity: position.quantity,
    entryPrice: entryPrice(position, terms.multiplier),
    realisedCum: position.realisedCum,
    feesCum: position.feesCum[position.currency] ?? 0n,
    updatedAt: now,
    endReason: record.explanation,
  };
}

export function pageRows(account: string, opened: Stage['opened']): Row<typeof pages>[] {
  return opened.flatMap(({ id: incidentId, pageId: id, incident: { at } }) =>
    id === null ? [] : [{ id, account, incidentId, at }],
  );
}

/** One row a kind, since a statement may not change a row twice. */
export function oddityRows(
  account: string,
  oddities: Stage['oddities'],
): Row<typeof venueOddities>[] {
  const kinds = Map.groupBy(oddities, (row) => `${row.venue}\n${row.code}\n${row.detail}`);
  return [...kinds.values()].flatMap((rows) => {
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return [];
    const count = rows.reduce((sum, row) => sum + row.count, 0);
    return [{ account, ...last, count, firstAt: first.at }];
  });
}

export function orderRow(trade: Trade, order: Order, now: number): Row<typeof orders> {
  const { request, phase } = order;
  const { kind } = request;
  const triggerPrice = 'triggerPrice' in kind ? kind.triggerPrice : null;
  return {
    clientOrderId: request.clientOrderId,
    tradeId: trade.id,
    role: request.role,
    instrument: request.instrument,
    side: request.side,
    type: kind.type,
    quantity: request.quantity,
    price: 'price' in kind ? kind.price : triggerPrice,
    triggerPrice: kind.type === 'stopLimit' ? triggerPrice : null,
    reduceOnly: request.reduceOnly,
    status:
      phase.status === 'working' && order.filledQuantity > 0n ? 'partiallyFilled' : phase.status,
    venueOrderId: venueOrderIdOf(order),
    filledQuantityCum: order.filledQuantity,
    reason: 'reason' in phase ? phase.reason : '',
    createdAt: order.createdAt,
    updatedAt: now,
  };
}

export function eventRow(
  { tradeId, at, event }: StagedEvent,
  epoch: number,
): Row<typeof tradeEvents> {
  return { tradeId, at, type: event.type, data: toJson(event), epoch };
}

export function fillRow({ tradeId, fill, channel, at }: StagedFill): Row<typeof fills> {
  const { fee, ...rest } = fill;
  return { ...rest, tradeId, fee: fee.amount, feeCurrency: fee.currency, channel, bookedAt: at };
}

export function effectRow(staged: StagedEffect, epoch: number): Row<typeof outbox> {
  const { id, tradeId, at, effect } = staged;
  return { id, tradeId, effect: toJson(effect), createdAt: at, doneAt: null, epoch };
}

export function positionRow(
  account: string,
  instrument: string,
  position: Position,
  now: number,
): Row<typeof positions> {
  const { quantity, cost, currency, realisedCum, feesCum } = position;
  const fees: Record<string, string> = {};
  for (const [of, amount] of Object.entries(feesCum)) fees[of] = formatScaled(amount);
  return {
    account,
    instrument,
    quantity,
    cost,
    currency,
    realisedCum,
    feesCum: fees,
    updatedAt: now,
  };
}

export function incidentRow(
  account: string,
  { id, incident }: Stage['opened'][number],
): Row<typeof incidents> {
  const { at, evidence, ...rest } = incident;
  return { id, account, ...rest, evidence: toJson(evidence), openedAt: at, resolvedAt: null };
}

/** A fill as the audit keeps it: alone enough to rebuild the ledger. */
export function fillAudit({ fill, channel }: StagedFill): object {
  return {
    venue: fill.venue,
    executionId: fill.executionId,
    revision: fill.revision,
    clientOrderId: fill.clientOrderId,
    venueOrderId: fill.venueOrderId,
    instrument: fill.instrument,
    side: fill.side,
    price: formatScaled(fill.price),
    quantity: formatScaled(fill.quantity),
    fee: formatScaled(fill.fee.amount),
    feeCurrency: fill.fee.currency,
    liquidity: fill.liquidity,
    eventTime: fill.eventTime,
    channel,
  };
}
