import { createHash } from 'node:crypto';
import { divideScaled, formatScaled, type Quantity } from '@ballast/domain';
import type { VenueOrder } from '@ballast/sim-core';
import type { AskedOrder } from './order-request.ts';

/**
 * One order in the venue's own sense. A replacement is another record over the same order of the
 * matcher: what filled before it belongs to the record before.
 */
export type OrderRecord = {
  readonly id: string;
  readonly clientOrderId: string;
  /** Id in the matcher. */
  readonly venueId: string;
  readonly asked: AskedOrder;
  readonly createdAt: number;
  readonly replaces: OrderRecord | null;
  /** Filled, and its cost, when this record began. */
  readonly before: { readonly filled: Quantity; readonly cost: bigint };
  replacedBy: OrderRecord | null;
  /** An end that the matcher has no word for. */
  ending: null | 'expired';
  /** The matcher's order as last known; of a replaced record, as it was then. */
  last: VenueOrder;
  newTold: boolean;
  /** What earlier listings showed, oldest first, for listings that come late. */
  readonly past: { readonly at: number; readonly json: OrderJson }[];
};

export type OrderJson = Readonly<Record<string, unknown>> & { readonly status: string };

const PAST_MAX = 50;

export function rememberPast(record: OrderRecord, at: number, json: OrderJson): void {
  record.past.push({ at, json });
  if (record.past.length > PAST_MAX) record.past.shift();
}

const WORDS: Readonly<Record<VenueOrder['status'], string>> = {
  untriggered: 'new',
  triggered: 'new',
  new: 'new',
  partiallyFilled: 'partially_filled',
  filled: 'filled',
  cancelled: 'canceled',
  deactivated: 'canceled',
};

/** The status word of a record when the matcher's order is `order`. */
export function statusOf(record: OrderRecord, order: VenueOrder): string {
  if (record.replacedBy !== null) return 'replaced';
  if (record.ending !== null) return record.ending;
  if (order.endReason === 'insufficientBalance' || order.endReason === 'rejected')
    return 'rejected';
  if (order.status === 'partiallyFilled' && order.filled === record.before.filled) return 'new';
  return WORDS[order.status];
}

/** @returns the order object, every amount as text. */
export function orderJson(record: OrderRecord, order: VenueOrder): OrderJson {
  const { asked, before } = record;
  const filled = order.filled - before.filled;
  const cost = order.cost - before.cost;
  const status = statusOf(record, order);
  const ended = (word: string): string | null => (status === word ? time(order.updatedAt) : null);
  const created = time(record.createdAt);
  const updatedAt = Math.max(order.updatedAt, record.createdAt);
  return {
    id: record.id,
    client_order_id: record.clientOrderId,
    created_at: created,
    updated_at: time(updatedAt),
    submitted_at: created,
    filled_at: ended('filled'),
    expired_at: ended('expired'),
    expires_at: null,
    canceled_at: ended('canceled'),
    failed_at: ended('rejected'),
    replaced_at: record.replacedBy === null ? null : time(record.replacedBy.createdAt),
    replaced_by: record.replacedBy?.id ?? null,
    replaces: record.replaces?.id ?? null,
    asset_id: assetId(asked.symbol),
    symbol: asked.symbol,
    asset_class: 'us_equity',
    notional: null,
    qty: formatScaled(asked.quantity),
    filled_qty: formatScaled(filled),
    filled_avg_price: filled === 0n ? null : formatScaled(divideScaled(cost, filled, 'halfEven')),
    order_class: '',
    order_type: asked.type,
    type: asked.type,
    side: asked.side,
    time_in_force: asked.timeInForce,
    limit_price: asked.limitPrice === null ? null : formatScaled(asked.limitPrice),
    stop_price: asked.stopPrice === null ? null : formatScaled(asked.stopPrice),
    status,
    extended_hours: asked.extendedHours,
    legs: null,
    trail_percent: null,
    trail_price: null,
    hwm: null,
  };
}

/** The same id for a symbol in every run. */
export function assetId(symbol: string): string {
  const hex = createHash('sha256').update(symbol).digest('hex');
  const part = (from: number, to: number): string => hex.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`;
}

export function time(at: number): string {
  return new Date(at).toISOString();
}
