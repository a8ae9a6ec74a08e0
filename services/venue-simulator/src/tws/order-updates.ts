import type { VenueOrder } from '@ballast/sim-core';
import { orderOf } from './desk.ts';
import type { Frame } from './frame.ts';
import { endChildren } from './order-endings.ts';
import { changeView, type OrderRecord, standingOf } from './order-record.ts';
import { openOrderFrame, orderStatusFrame } from './order-wire.ts';
import { errorFrame, type TwsRefusal } from './refusal.ts';
import { sessionOf, type Tws } from './tws.ts';

/** An order that the matcher changed, unless an answer has told of it already. */
export function tellOrder(tws: Tws, order: VenueOrder, now: number): void {
  const record = tws.desk.byVenueId.get(order.id);
  if (record === undefined) return;
  if (tws.desk.told.has(order)) return;
  // What is told is how it stood then; it may have moved on in the meantime.
  changeView(record, standingOf(orderOf(tws.desk, record) ?? order), now);
  tellRecord(tws, record, null, { ...record.view, ...standingOf(order) });
  if (record.view.status === 'Cancelled') endChildren(tws.desk, record, now);
}

/** An order as it stands, to its client. The venue says it more than once, and so do we. */
export function tellRecord(
  tws: Tws,
  record: OrderRecord,
  refusal: TwsRefusal | null,
  view = record.view,
): void {
  const session = sessionOf(tws, record.clientId);
  if (session === undefined) return;
  const { status, reason } = view;
  const frames: Frame[] = [];
  if (refusal !== null) frames.push(errorFrame(record.orderId, refusal.code, refusal.message));
  else if (status === 'Cancelled') frames.push(cancelledFrame(record, reason));
  frames.push(...standingFrames(tws, record, view));
  session.push(frames, tws.options.faults.push('order'));
}

export function standingFrames(tws: Tws, record: OrderRecord, view = record.view): Frame[] {
  const status = orderStatusFrame(record, view);
  return [openOrderFrame(record, tws.account, view), status, status];
}

export function cancelledFrame(record: OrderRecord, reason: string): Frame {
  return errorFrame(record.orderId, 202, `Order Canceled - reason:${reason}`);
}
