import type { OrderRequest } from '@ballast/domain';
import { BrokerError } from '../broker-error.ts';
import type { OrderReference } from '../broker.ts';
import type { Urgency } from '../rate-budget.ts';
import { isDuplicate, isHeld, malformed, readAnswer } from './errors.ts';
import { named } from './fields.ts';
import { isSameOrder, orderParams, type OrderParams } from './order-params.ts';
import { type Asking, orderRow } from './questions.ts';
import { afterSending, answered, beforeSending, done } from './rest.ts';

/** @throws BrokerError; never tries a placement again. */
export async function submitOrder(
  asking: Asking,
  order: OrderRequest,
): Promise<{ venueOrderId: string }> {
  const urgency = order.role === 'entry' ? 'other' : 'exit';
  const row = await place(asking, orderParams(order), urgency).catch((error: unknown) => {
    throw order.role === 'close' && isHeld(error) ? finalNo(error) : error;
  });
  return { venueOrderId: readAnswer(() => named(row, 'id')) };
}

/**
 * The position may have become smaller by hand: a close that goes out again under its id asks for
 * the same again, and while it does nobody can say that the hand's fill was the trade's. Refused,
 * it is followed by one of what is left.
 */
function finalNo({ code, message }: BrokerError): BrokerError {
  return new BrokerError('rejected', code, message);
}

/** @throws BrokerError; rejected when the order is unknown or over. */
export async function cancelOrder(asking: Asking, order: OrderReference): Promise<void> {
  const orderId = order.venueOrderId ?? (await venueOrderIdOf(asking, order));
  const { rest } = asking;
  await done(rest.paced('exit', () => rest.orders.deleteOrderByOrderIDRaw({ orderId })));
}

/** @returns the order as the venue writes it */
async function place(asking: Asking, params: OrderParams, urgency: Urgency): Promise<unknown> {
  const { rest } = asking;
  const call = () => rest.orders.postOrderRaw({ postOrderRequest: { ...params } });
  try {
    const row = await answered(rest.paced(urgency, call));
    const placed = readAnswer(() => asking.known.remember(row));
    if (placed.clientOrderId !== params.clientOrderId) {
      throw malformed('the answer is about another order');
    }
    return row;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return await placedEarlier(asking, params, urgency);
  }
}

/**
 * The id is taken, for ever: by an earlier attempt, or by an order that is not this one. Only the
 * first may count as accepted.
 */
async function placedEarlier(
  asking: Asking,
  params: OrderParams,
  urgency: Urgency,
): Promise<unknown> {
  let row: unknown;
  try {
    row = await orderRow(asking, params.clientOrderId, urgency);
  } catch (error) {
    throw afterSending(error);
  }
  if (row !== null && readAnswer(() => isSameOrder(row, params))) return row;
  const message = row === null ? 'an order that is not told' : 'another order';
  throw new BrokerError('unknownOutcome', 'CLIENT_ORDER_ID_TAKEN', `the id is taken by ${message}`);
}

/** @throws BrokerError notSent, or ORDER_NOT_FOUND when the venue has no such order */
async function venueOrderIdOf(asking: Asking, order: OrderReference): Promise<string> {
  let row: unknown;
  try {
    row = await orderRow(asking, order.clientOrderId, 'exit');
  } catch (error) {
    throw beforeSending(error);
  }
  if (row === null) throw new BrokerError('rejected', 'ORDER_NOT_FOUND', 'no order of that id');
  return readAnswer(() => named(row, 'id'));
}
