import type { RequestFate } from '@ballast/sim-core';
import { keyOf } from './desk.ts';
import type { Frame } from './frame.ts';
import { cancelRecord, endChildren, fillBefore, reject } from './order-endings.ts';
import { isWorking, type OrderRecord } from './order-record.ts';
import { cancelledFrame, standingFrames } from './order-updates.ts';
import { orderIdOf, readPlaceOrder } from './place-order.ts';
import { errorFrame, invalidRequest, rejected, TwsRefusal } from './refusal.ts';
import type { Session } from './session.ts';
import { submit } from './submit.ts';
import type { Tws } from './tws.ts';

/** A request that names an order: what is wrong with it is told under that order's id. */
export type OrderRequest = {
  readonly tws: Tws;
  readonly session: Session;
  readonly clientId: number;
  readonly fields: readonly string[];
  readonly fate: RequestFate;
  readonly now: number;
};

/** @returns the acknowledgement. What trades at once is told after it, by the account's events. */
export function placeOrder({ tws, session, clientId, fields, fate, now }: OrderRequest): Frame[] {
  const orderId = orderIdOf(fields);
  return answering(orderId, () => {
    const request = readPlaceOrder(fields);
    if (request.account !== '' && request.account !== tws.account) {
      throw invalidRequest(`Invalid account code '${request.account}'`);
    }
    const kind = fate.rejectedLater ? 'rejectedLater' : 'booked';
    const placed = submit(tws.desk, clientId, request, now, kind);
    const [first] = placed;
    if (fate.rejectedLater && first !== undefined && first.record.venueId === null) {
      const reason = rejected('The exchange has rejected the order');
      session.later(0, () => {
        if (isWorking(first.record.view)) reject(tws.desk, first.record, reason, tws.options.now());
      });
    }
    return placed.flatMap(({ record, view }) => acknowledgement(tws, record, view));
  });
}

/** Taken first, then working, unless it waits for its trigger, its parent or the opening. */
function acknowledgement(tws: Tws, record: OrderRecord, view: OrderRecord['view']): Frame[] {
  const taken = standingFrames(tws, record, { ...view, status: 'PreSubmitted' });
  const { status, whyHeld } = record.view;
  if (status === 'PreSubmitted' && whyHeld === 'closed') {
    const text = 'Order Message: Warning: your order will not be placed before the next opening.';
    return [errorFrame(record.orderId, 399, text), ...taken];
  }
  if (status === 'PreSubmitted') return standingFrames(tws, record, { ...view, whyHeld });
  return [...taken, ...standingFrames(tws, record, { ...view, status: 'Submitted' })];
}

export function cancelOrder({ tws, clientId, fields, fate, now }: OrderRequest): Frame[] {
  const orderId = orderIdOf(fields);
  return answering(orderId, () => {
    const { desk } = tws;
    const known = desk.byKey.get(keyOf(clientId, orderId));
    if (known !== undefined && fate.fillsFirst) fillBefore(desk, known, now);
    const record = cancelRecord(desk, known, orderId, now, true);
    endChildren(desk, record, now);
    return [cancelledFrame(record, ''), ...standingFrames(tws, record)];
  });
}

/** All working orders of all clients; each client is told of its own. */
export function cancelAll({ tws, now }: OrderRequest): Frame[] {
  for (const record of tws.desk.records.values()) {
    if (!isWorking(record.view)) continue;
    const { orderId, venueId } = record;
    cancelRecord(tws.desk, record, orderId, now, false);
    if (venueId === null) tws.desk.tell(record, null);
  }
  return [];
}

function answering(orderId: number, act: () => Frame[]): Frame[] {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof TwsRefusal)) throw error;
    return [errorFrame(orderId, error.code, error.message)];
  }
}
