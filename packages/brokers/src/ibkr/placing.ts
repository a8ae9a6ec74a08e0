import { setTimeout as delay } from 'node:timers/promises';
import type { ApprovedOrder } from '@ballast/domain';
import { BrokerError } from '../broker-error.ts';
import type { RateBudget } from '../rate-budget.ts';
import type { Connection } from './connection.ts';
import { notSent } from './errors.ts';
import { orderParams } from './order-params.ts';

/** An order that waited longer is not sent: the order core may have begun to ask for it. */
const SEND_WITHIN_MS = 2_000;
const WAITING_MAX = 64;
const ORDER_ID_MAX = 1_999_999_999;

export type OrderIds = {
  /**
   * The order number for a client order id, durable before it resolves: the same each time for the
   * same id, at least `atLeast` and above all earlier ones for a new id.
   */
  reserve(clientOrderId: string, atLeast: number): Promise<number>;
};

export type Placer = {
  /** Resolves with the venue's id. @throws BrokerError */
  place(order: ApprovedOrder): Promise<string>;
};

/**
 * Orders leave one after the other in the order of their numbers: the venue refuses a number below
 * one that it has seen. Only number and sending are in the queue, never the answer.
 */
export function createPlacer(parts: {
  connection: () => Connection;
  orderIds: OrderIds;
  budget: RateBudget;
  quiet: () => boolean;
}): Placer {
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const send = async (
    order: ApprovedOrder,
    askedAt: number,
  ): Promise<{ answer: Promise<string> }> => {
    const { nextOrderId } = ready(parts);
    const orderId = await reserved(parts.orderIds, order.clientOrderId, nextOrderId);
    await parts.budget.take(order.role === 'entry' ? 'other' : 'exit');
    // Asked anew: the connection of a moment ago may be gone, and its successor is another.
    const session = ready(parts);
    const { contract, order: sent } = orderParams(order, session.accountCode);
    if (performance.now() - askedAt > SEND_WITHIN_MS) throw tooLate();
    return { answer: session.place(orderId, contract, sent, order) };
  };

  return {
    async place(order) {
      const { accountCode } = ready(parts);
      orderParams(order, accountCode);
      if (waiting >= WAITING_MAX) throw notSent('TOO_MANY_WAITING', 'too many orders are waiting');
      waiting += 1;
      const askedAt = performance.now();
      const sent = turn.then(() => send(order, askedAt)).finally(() => (waiting -= 1));
      turn = sent.catch(() => undefined);
      const { answer } = await sent;
      return answer;
    },
  };
}

const tooLate = (): BrokerError => notSent('WAITED_TOO_LONG', 'not sent in time');

function ready(parts: { connection: () => Connection; quiet: () => boolean }) {
  if (parts.quiet()) throw notSent('QUIET_WINDOW', 'the venue restarts about now');
  return parts.connection().session();
}

async function reserved(orderIds: OrderIds, id: string, atLeast: number): Promise<number> {
  const late = new AbortController();
  try {
    const inTime = delay(SEND_WITHIN_MS, null, { signal: late.signal });
    const orderId = await Promise.race([orderIds.reserve(id, atLeast), inTime]);
    if (orderId === null) throw tooLate();
    if (Number.isInteger(orderId) && orderId > 0 && orderId <= ORDER_ID_MAX) return orderId;
    throw notSent('RESERVATION_UNFIT', `${orderId} is no order number`);
  } catch (error) {
    if (error instanceof BrokerError) throw error;
    throw notSent('RESERVATION_FAILED', 'the order number could not be stored');
  } finally {
    late.abort();
  }
}
