import { type Quantity, subtractQuantity } from '@ballast/domain';
import { fillFirst } from '../fill-first.ts';
import { amend, cancel } from '../venue.ts';
import { childrenOf, type Desk, openOrderOf, orderOf } from './desk.ts';
import { changeView, groupOf, isWorking, type OrderRecord, standingOf } from './order-record.ts';
import { TwsRefusal } from './refusal.ts';

/**
 * Ends a working order. `tellsIt`: the answer tells its client.
 * @throws TwsRefusal 10147 for an order that is unknown, 10148 for one that has ended.
 */
export function cancelRecord(
  desk: Desk,
  record: OrderRecord | undefined,
  orderId: number,
  now: number,
  tellsIt: boolean,
): OrderRecord {
  if (record === undefined) {
    throw new TwsRefusal(10_147, `OrderId ${orderId} that needs to be cancelled is not found.`);
  }
  const { venueId, view } = record;
  if (isWorking(view) && venueId === null)
    changeView(record, { status: 'Cancelled', whyHeld: '' }, now);
  else {
    const outcome = venueId === null ? null : cancel(desk.venue, venueId, now);
    if (outcome === null || !outcome.ok) {
      const state = `cannot be cancelled, state: ${view.status}.`;
      throw new TwsRefusal(10_148, `OrderId ${orderId} that needs to be cancelled ${state}`);
    }
    if (tellsIt) desk.told.add(outcome.order);
    changeView(record, standingOf(outcome.order), now);
  }
  return record;
}

/** The order is filled before its cancel is looked at. */
export function fillBefore(desk: Desk, record: OrderRecord, now: number): void {
  const order = openOrderOf(desk, record);
  if (order !== undefined) fillFirst(desk.venue, order, now);
  const filled = orderOf(desk, record);
  if (filled !== undefined) changeView(record, standingOf(filled), now);
}

/** The venue's own end of an order that it had taken. */
export function reject(desk: Desk, record: OrderRecord, refusal: TwsRefusal, now: number): void {
  const [, reason = refusal.message] = refusal.message.split('reason:');
  changeView(record, { status: 'Inactive', whyHeld: '', reason }, now);
  desk.tell(record, refusal);
  endChildren(desk, record, now);
}

/** Children of an order that ended without a fill end with it. */
export function endChildren(desk: Desk, parent: OrderRecord, now: number): void {
  for (const child of childrenOf(desk, parent)) {
    if (!isWorking(child.view) || child.venueId !== null) continue;
    changeView(child, { status: 'Cancelled', whyHeld: '', reason: 'Parent order ended' }, now);
    desk.tell(child, null);
  }
}

/** Less of an order, because another of its group has traded; nothing is left: it ends. */
export function reduce(desk: Desk, record: OrderRecord, by: Quantity, now: number): void {
  const order = openOrderOf(desk, record);
  if (order === undefined) return;
  const quantity = subtractQuantity(order.quantity, by);
  if (quantity <= order.filled) cancel(desk.venue, order.id, now);
  else {
    const { asked } = record.view;
    changeView(record, { asked: { ...asked, quantity } }, now);
    amend(desk.venue, order.id, { quantity }, now);
  }
}

/** Types 2 and 3, and the children of one order: a fill makes the others smaller by as much. */
export function reduceGroup(desk: Desk, filled: OrderRecord, by: Quantity, now: number): void {
  if (groupOf(filled) !== '') return;
  const { ocaGroup, ocaType } = filled.view.asked;
  const shared = (other: OrderRecord): boolean =>
    ocaGroup === ''
      ? filled.parent !== null && other.parent === filled.parent && other.view.asked.ocaGroup === ''
      : ocaType !== '0' && other.view.asked.ocaGroup === ocaGroup;
  for (const other of desk.records.values()) {
    if (other !== filled && isWorking(other.view) && shared(other)) reduce(desk, other, by, now);
  }
}
