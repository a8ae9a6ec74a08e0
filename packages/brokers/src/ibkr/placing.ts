import type { RiskApproved } from '@ballast/domain';
import type { BrokerError } from '../broker-error.ts';
import type { RateBudget } from '../rate-budget.ts';
import type { Connection } from './connection.ts';
import { notSent } from './errors.ts';
import type { OrderNumbers } from './order-numbers.ts';
import { orderParams } from './order-params.ts';
import type { Session } from './session.ts';

/** An order that waited longer is not sent: the order core may have begun to ask for it. */
const SEND_WITHIN_MS = 2_000;
const WAITING_MAX = 64;

export type Placer = {
  /** Resolves with the venue's id. @throws BrokerError */
  place(order: RiskApproved): Promise<string>;
};

/**
 * Orders leave one after the other in the order of their numbers: the venue refuses a number below
 * one that it has seen. Only number and sending are in the queue, never the answer.
 */
export function createPlacer(parts: {
  connection: () => Connection;
  numbers: OrderNumbers;
  budget: RateBudget;
  quiet: () => boolean;
}): Placer {
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const send = async (
    order: RiskApproved,
    askedAt: number,
  ): Promise<{ answer: Promise<string> }> => {
    const orderId = await numberFor(order, ready(parts), parts.numbers);
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

/**
 * Of several orders that a broken connection has lost the first one sent again passes the others'
 * numbers over. Asked for at each: the last attempt's next number may be passed over by now.
 */
async function numberFor(
  { clientOrderId }: RiskApproved,
  session: Session,
  numbers: OrderNumbers,
): Promise<number> {
  const { nextOrderId } = session;
  let orderId = await numbers.numberOf(clientOrderId, nextOrderId);
  while (session.passedOver(orderId)) {
    orderId = await numbers.nextNumberOf(clientOrderId, nextOrderId);
  }
  return orderId;
}
