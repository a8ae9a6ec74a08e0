import { addQuantity, type Instrument, ZERO_QUANTITY } from '@ballast/domain';
import { isOpen, leavesOf, nextId, type VenueOrder } from '@ballast/sim-core';
import { amend, cancel, place, placeRejected, type Venue } from '../venue.ts';
import { checkAvailable } from './held-quantity.ts';
import { type OrderRecord, statusOf } from './order-record.ts';
import { type AskedOrder, readChange, readOrder, specOf } from './order-request.ts';
import {
  DUPLICATE_CLIENT_ID,
  forbidden,
  invalid,
  notFound,
  refusalFor,
  unprocessable,
} from './refusal.ts';

/** Records kept; the oldest ended ones go. Their client ids stay taken. */
const RECORDS_MAX = 20_000;

/** The venue's order desk over the matcher: its ids, its rules, its replacements. */
export type Desk = {
  readonly venue: Venue;
  readonly shorting: boolean;
  readonly records: Map<string, OrderRecord>;
  readonly byClientId: Map<string, OrderRecord>;
  /** Records over one order of the matcher, oldest first. */
  readonly byVenueId: Map<string, OrderRecord[]>;
  /** Never taken twice. */
  readonly clientIds: Set<string>;
};

/** Orders that the venue has kept from an earlier run are known again by their first client id. */
export function openDesk(venue: Venue, shorting: boolean): Desk {
  const desk: Desk = {
    venue,
    shorting,
    records: new Map(),
    byClientId: new Map(),
    byVenueId: new Map(),
    clientIds: new Set(venue.account.linkIds),
  };
  const kept = [...venue.history.values(), ...venue.account.open.values()];
  for (const order of kept.toSorted((a, b) => a.createdAt - b.createdAt)) {
    const restored = addRecord(desk, askedBy(venue, order), order, null);
    restored.newTold = true;
  }
  return desk;
}

/**
 * `rejectedLater`: taken, and never in the book; its end is told as of any other.
 * @throws AlpacaRefusal with nothing changed.
 */
export function submit(
  desk: Desk,
  body: unknown,
  now: number,
  fate: 'booked' | 'rejectedLater' = 'booked',
): OrderRecord {
  const asked = readOrder(body);
  const instrument = desk.venue.markets.get(asked.symbol)?.instrument;
  if (instrument === undefined) throw unprocessable(`asset "${asked.symbol}" not found`);
  const clientOrderId = freeClientId(desk, asked.clientOrderId, now);
  checkOpposite(desk, instrument, asked);
  checkAvailable(desk, instrument, asked);
  const spec = specOf(asked, clientOrderId, instrument);
  const outcome = (fate === 'booked' ? place : placeRejected)(desk.venue, spec, now);
  if (!outcome.ok) throw refusalFor(outcome.refusal);
  return addRecord(desk, { ...asked, clientOrderId }, outcome.order, null);
}

/**
 * No order while one of the other side is open that it might trade with: two limits that do not
 * cross may stand beside each other, and nothing else
 * (https://docs.alpaca.markets/docs/user-protection). @throws AlpacaRefusal 403
 */
function checkOpposite(desk: Desk, { id }: Instrument, asked: AskedOrder): void {
  const { side, limitPrice, stopPrice } = asked;
  const isApart = ({ price, trigger }: VenueOrder): boolean => {
    if (limitPrice === null || stopPrice !== null || price === null || trigger !== null) {
      return false;
    }
    return side === 'buy' ? limitPrice < price : limitPrice > price;
  };
  const rival = [...desk.venue.account.open.values()].find(
    (order) => order.instrument === id && order.side !== side && !isApart(order),
  );
  if (rival === undefined) return;
  const kind = rival.price !== null && rival.trigger === null ? 'limit' : 'market/stop';
  throw forbidden('potential wash trade detected. use complex orders', {
    reject_reason: `opposite side ${kind} order exists`,
  });
}

/**
 * Another record takes the order over, with a new id. Its quantity is its own: what had filled
 * stays with the record before, and a quantity that is not named is what was left.
 * @throws AlpacaRefusal with nothing changed.
 */
export function replace(desk: Desk, id: string, body: unknown, now: number): OrderRecord {
  const record = findRecord(desk, id);
  const order = orderOf(desk, record);
  if (!isLive(record, order)) throw unprocessable(`cannot replace: ${ended(record, order)}`);
  const change = readChange(body);
  const { asked } = record;
  if (change.limitPrice !== undefined && asked.limitPrice === null) {
    throw invalid(`${asked.type} orders require no limit price`);
  }
  if (change.stopPrice !== undefined && asked.stopPrice === null) {
    throw invalid(`${asked.type} orders require no stop price`);
  }
  if (change.timeInForce === 'ioc' || change.timeInForce === 'fok') {
    throw unprocessable('time_in_force can be replaced with day or gtc only');
  }
  const clientOrderId = freeClientId(desk, change.clientOrderId, now);
  const next: AskedOrder = { ...asked, quantity: leavesOf(order), ...change, clientOrderId };
  const instrument = desk.venue.account.instruments.get(order.instrument);
  if (instrument !== undefined) checkAvailable(desk, instrument, next, order);
  const replacement = amended(desk, order, next, now);
  record.last = order;
  const fresh = addRecord(desk, next, replacement, record, order, now);
  record.replacedBy = fresh;
  return fresh;
}

function amended(desk: Desk, order: VenueOrder, next: AskedOrder, now: number): VenueOrder {
  const quantity = addQuantity(order.filled, next.quantity);
  const same =
    quantity === order.quantity &&
    next.limitPrice === order.price &&
    next.stopPrice === (order.trigger?.price ?? null);
  if (same) return order;
  const outcome = amend(
    desk.venue,
    order.id,
    {
      quantity,
      ...(next.limitPrice === null ? {} : { price: next.limitPrice }),
      ...(next.stopPrice === null ? {} : { triggerPrice: next.stopPrice }),
    },
    now,
  );
  if (!outcome.ok) throw refusalFor(outcome.refusal);
  return outcome.order;
}

/** @throws AlpacaRefusal for an order that is unknown or no longer open. */
export function cancelRecord(desk: Desk, id: string, now: number): OrderRecord {
  const record = findRecord(desk, id);
  const order = orderOf(desk, record);
  if (!isLive(record, order)) throw unprocessable(ended(record, order));
  const outcome = cancel(desk.venue, record.venueId, now);
  if (!outcome.ok) throw refusalFor(outcome.refusal);
  return record;
}

/** @throws AlpacaRefusal 404 */
export function findRecord(desk: Desk, id: string): OrderRecord {
  const record = desk.records.get(id);
  if (record === undefined) throw notFound(`order not found for ${id}`);
  return record;
}

export function orderOf(desk: Desk, record: OrderRecord): VenueOrder {
  if (record.replacedBy !== null) return record.last;
  const { account, history } = desk.venue;
  return account.open.get(record.venueId) ?? history.get(record.venueId) ?? record.last;
}

export function isLive(record: OrderRecord, order: VenueOrder): boolean {
  return record.replacedBy === null && record.ending === null && isOpen(order.status);
}

/** Whose fill it is: `filled` is the matcher's order after it. */
export function recordOfFill(desk: Desk, venueId: string, filled: bigint): OrderRecord | undefined {
  return desk.byVenueId.get(venueId)?.findLast(({ before }) => filled > before.filled);
}

export function latestRecord(desk: Desk, venueId: string): OrderRecord | undefined {
  return desk.byVenueId.get(venueId)?.at(-1);
}

function freeClientId(desk: Desk, wanted: string, now: number): string {
  if (wanted === '') return nextId(desk.venue.account, 'client', now);
  if (desk.clientIds.has(wanted)) throw invalid(DUPLICATE_CLIENT_ID);
  return wanted;
}

function addRecord(
  desk: Desk,
  asked: AskedOrder,
  order: VenueOrder,
  replaces: OrderRecord | null,
  before?: VenueOrder,
  now?: number,
): OrderRecord {
  const createdAt = now ?? order.createdAt;
  const record: OrderRecord = {
    id: replaces === null ? order.id : nextId(desk.venue.account, 'replacement', createdAt),
    clientOrderId: asked.clientOrderId,
    venueId: order.id,
    asked,
    createdAt,
    replaces,
    before: { filled: before?.filled ?? ZERO_QUANTITY, cost: before?.cost ?? 0n },
    replacedBy: null,
    ending: null,
    last: order,
    newTold: false,
    past: [],
  };
  desk.records.set(record.id, record);
  desk.byClientId.set(record.clientOrderId, record);
  desk.clientIds.add(record.clientOrderId);
  desk.byVenueId.set(order.id, [...(desk.byVenueId.get(order.id) ?? []), record]);
  if (desk.records.size > RECORDS_MAX) forgetOldest(desk);
  return record;
}

function forgetOldest(desk: Desk): void {
  for (const record of desk.records.values()) {
    if (isLive(record, orderOf(desk, record))) continue;
    forget(desk, record);
    return;
  }
}

/** The venue forgets its live orders. */
export function forgetLive(desk: Desk): void {
  for (const record of desk.records.values()) {
    if (isLive(record, orderOf(desk, record))) forget(desk, record);
  }
}

/** Its client id stays taken. */
function forget(desk: Desk, record: OrderRecord): void {
  desk.records.delete(record.id);
  desk.byClientId.delete(record.clientOrderId);
  const others = desk.byVenueId.get(record.venueId)?.filter((one) => one !== record) ?? [];
  if (others.length === 0) desk.byVenueId.delete(record.venueId);
  else desk.byVenueId.set(record.venueId, others);
}

/** The session is over: orders for the day that still live expire. */
export function endDay(desk: Desk, now: number): void {
  for (const record of desk.records.values()) {
    if (record.asked.timeInForce !== 'day' || !isLive(record, orderOf(desk, record))) continue;
    record.ending = 'expired';
    cancel(desk.venue, record.venueId, now);
  }
}

function askedBy(venue: Venue, order: VenueOrder): AskedOrder {
  const stopped = order.trigger !== null;
  const limited = order.price !== null;
  const market = [...venue.markets.values()].find(
    ({ instrument }) => instrument.id === order.instrument,
  );
  return {
    clientOrderId: order.linkId === '' ? order.id : order.linkId,
    symbol: market?.symbol ?? order.instrument,
    side: order.side,
    quantity: order.quantity,
    type: stopped ? (limited ? 'stop_limit' : 'stop') : limited ? 'limit' : 'market',
    timeInForce: order.timeInForce === 'postOnly' ? 'gtc' : order.timeInForce,
    limitPrice: order.price,
    stopPrice: order.trigger?.price ?? null,
    extendedHours: false,
  };
}

const ended = (record: OrderRecord, order: VenueOrder): string =>
  `order is already in "${statusOf(record, order)}" state`;
