import { type Broker, BrokerError } from '@ballast/brokers';
import type { RiskApproved } from '@ballast/domain';
import { isLive, leavesQuantity, type Order, unbookedQuantity } from '@ballast/order-core';
import type { Book } from '../journal/book.ts';

/**
 * The same broker without closes of more than the account still has, where the venue would not clip
 * them: a trade does not know what a hand has sold of it, and its close would open the other side.
 * Refused, it is tried again, in size once the operator has said whose fill that was.
 */
export function heldBroker(broker: Broker, book: () => HeldBook): Broker {
  return {
    ...broker,
    async submit(order) {
      if (!isBeyondHeld(order, book())) return broker.submit(order);
      const message = 'part of it was closed by hand: settle that to the trade';
      throw new BrokerError('rejected', 'CLOSE_ABOVE_POSITION', message);
    },
  };
}

type HeldBook = Pick<Book, 'positions' | 'trades' | 'unattributed'>;

/** Only while something there is not explained: else the trade's own quantity is the account's. */
function isBeyondHeld(order: RiskApproved, book: HeldBook): boolean {
  const { role, reduceOnly, side, quantity, instrument } = order;
  if (role !== 'close' || reduceOnly) return false;
  const isUnexplained = [...book.unattributed.values()].some(
    (record) => record.instrument === instrument && record.status === 'unattributed',
  );
  const held = book.positions.get(instrument)?.quantity ?? 0n;
  const wanted = quantity + underWay(order, book);
  return isUnexplained && wanted > (side === 'sell' ? held : -held);
}

/** What the trades' exits have taken or will take, and the ledger does not know yet. */
function underWay({ clientOrderId, instrument }: RiskApproved, { trades }: HeldBook): bigint {
  return [...trades.values()]
    .filter(({ plan }) => plan.instrument === instrument)
    .flatMap(({ orders }) => Object.values(orders))
    .filter(({ request }) => request.clientOrderId !== clientOrderId)
    .reduce((total, order) => total + takenBy(order), 0n);
}

/** A close at market may wait for the exchange to open: all of it counts. */
function takenBy(order: Order): bigint {
  const { role } = order.request;
  if (role === 'entry') return 0n;
  return role === 'close' && isLive(order) ? leavesQuantity(order) : unbookedQuantity(order);
}
