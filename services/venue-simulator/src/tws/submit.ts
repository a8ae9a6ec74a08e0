import { isOpen, type Outcome } from '@ballast/sim-core';
import { amend, place } from '../venue.ts';
import { childrenOf, type Desk, keep, keyOf } from './desk.ts';
import { reject } from './order-endings.ts';
import {
  changeView,
  groupOf,
  isWorking,
  newView,
  type OrderRecord,
  type OrderView,
  standingOf,
} from './order-record.ts';
import { type AskedOrder, type PlaceRequest, specOf } from './place-order.ts';
import { invalidRequest, refusalFor, TwsRefusal } from './refusal.ts';

/** What came of a placement: the orders that went to work, each as it stood before it traded. */
export type Placed = { readonly record: OrderRecord; readonly view: OrderView }[];

/**
 * A new order, or a change of a live one by the same client and id.
 * `rejectedLater`: taken, and never in the book; its end has to be told.
 * @throws TwsRefusal with nothing changed but the ids that are used up.
 */
export function submit(
  desk: Desk,
  clientId: number,
  request: PlaceRequest,
  now: number,
  fate: 'booked' | 'rejectedLater' = 'booked',
): Placed {
  const { orderId, asked } = request;
  const known = desk.byKey.get(keyOf(clientId, orderId));
  if (known !== undefined) return [modify(desk, known, request, now)];
  if (orderId <= (desk.highest.get(clientId) ?? 0)) throw duplicateId();
  const contract = desk.contracts.find(request.contract);
  const parent = parentOf(desk, clientId, asked.parentId);
  desk.highest.set(clientId, orderId);
  desk.nextValid.set(clientId, orderId + 1);
  desk.lastPermId += 1;
  const record: OrderRecord = {
    permId: desk.lastPermId,
    clientId,
    orderId,
    contract,
    parent,
    transmitted: false,
    venueId: null,
    view: newView(asked, now),
    past: [],
  };
  if (fate === 'rejectedLater') {
    keep(desk, record);
    return [{ record, view: record.view }];
  }
  if (!asked.transmit) {
    keep(desk, record);
    return [];
  }
  const refusal = record.parent === null ? release(desk, record, now) : null;
  if (refusal !== null) throw refusal;
  keep(desk, record);
  if (record.parent === null) return [{ record, view: newView(asked, now) }];
  return transmitFamily(desk, record.parent, now);
}

/** Parent first, then the children, which wait for it. */
function transmitFamily(desk: Desk, parent: OrderRecord, now: number): Placed {
  const family = [parent, ...childrenOf(desk, parent)].filter(({ transmitted }) => !transmitted);
  return family.flatMap((record) => {
    const view = { ...record.view, whyHeld: record.parent === null ? '' : 'child' };
    const refusal = release(desk, record, now);
    if (refusal !== null) reject(desk, record, refusal, now);
    return refusal === null ? [{ record, view }] : [];
  });
}

/** Sends an order into the book when nothing holds it any more. */
export function release(desk: Desk, record: OrderRecord, now: number): TwsRefusal | null {
  record.transmitted = true;
  const { contract, view, parent } = record;
  if (parent !== null && parent.view.status !== 'Filled') {
    changeView(record, { whyHeld: 'child' }, now);
    return null;
  }
  if (!desk.isOpen()) {
    changeView(record, { whyHeld: 'closed' }, now);
    return null;
  }
  const { instrument, market } = contract;
  const spec = specOf(view.asked, instrument, market.print.price, groupOf(record));
  const outcome = place(desk.venue, spec, now);
  if (!outcome.ok) return refusalFor(outcome.refusal);
  record.venueId = outcome.order.id;
  desk.byVenueId.set(outcome.order.id, record);
  take(desk, record, outcome, now);
  return null;
}

/** Orders that waited for their parent or for the opening. */
export function releaseWaiting(desk: Desk, now: number): void {
  for (const record of desk.records.values()) {
    const waits = record.transmitted && record.venueId === null && isWorking(record.view);
    if (!waits || (record.parent !== null && record.parent.view.status !== 'Filled')) continue;
    if (!desk.isOpen()) return;
    const refusal = release(desk, record, now);
    if (refusal !== null) reject(desk, record, refusal, now);
    else desk.tell(record, null);
  }
}

/** @throws TwsRefusal with the order as it was. */
function modify(desk: Desk, record: OrderRecord, request: PlaceRequest, now: number): Placed[0] {
  const { view, venueId } = record;
  const { asked } = request;
  if (view.status === 'Filled') throw new TwsRefusal(104, 'Cannot modify a filled order.');
  if (!isWorking(view)) throw duplicateId();
  const contract = desk.contracts.find(request.contract);
  const same = contract === record.contract && asked.side === view.asked.side;
  if (!same || asked.type !== view.asked.type) {
    throw new TwsRefusal(105, 'Order being modified does not match original order.');
  }
  if (venueId !== null) {
    const outcome = amend(desk.venue, venueId, amendmentOf(asked), now);
    if (outcome.ok) take(desk, record, outcome, now);
    else if (outcome.refusal.code !== 'NOTHING_TO_AMEND') throw refusalFor(outcome.refusal);
  }
  changeView(record, { asked: { ...asked, ocaGroup: view.asked.ocaGroup } }, now);
  if (venueId === null && asked.transmit && !record.transmitted) {
    const refusal = release(desk, record, now);
    if (refusal !== null) throw refusal;
  }
  return { record, view: { ...view, asked: record.view.asked } };
}

/** What the matcher made of an order. The answer tells of one that neither traded nor ended. */
function take(
  desk: Desk,
  record: OrderRecord,
  { order, events }: Extract<Outcome, { ok: true }>,
  now: number,
): void {
  const traded = events.some(({ kind }) => kind === 'execution');
  if (!traded && isOpen(order.status)) desk.told.add(order);
  changeView(record, standingOf(order), now);
}

function amendmentOf({ quantity, limitPrice, stopPrice }: AskedOrder) {
  return {
    quantity,
    ...(limitPrice === null ? {} : { price: limitPrice }),
    ...(stopPrice === null ? {} : { triggerPrice: stopPrice }),
  };
}

function parentOf(desk: Desk, clientId: number, parentId: number): OrderRecord | null {
  if (parentId === 0) return null;
  const parent = desk.byKey.get(keyOf(clientId, parentId));
  if (parent === undefined) throw new TwsRefusal(135, `Can't find order with ID =${parentId}`);
  if (parent.view.status !== 'Filled' && !isWorking(parent.view)) {
    throw invalidRequest('The parent order has ended');
  }
  return parent;
}

const duplicateId = (): TwsRefusal => new TwsRefusal(103, 'Duplicate order id');
