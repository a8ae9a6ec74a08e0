import { type Broker, BrokerError } from '@ballast/brokers';
import type { ApprovedOrder } from '@ballast/domain';
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

type HeldBook = Pick<Book, 'positions' | 'unattributed'>;

/** Only while something there is not explained: else the trade's own quantity is the account's. */
function isBeyondHeld(order: ApprovedOrder, { positions, unattributed }: HeldBook): boolean {
  const { role, reduceOnly, side, quantity, instrument } = order;
  if (role !== 'close' || reduceOnly) return false;
  const isUnexplained = [...unattributed.values()].some(
    (record) => record.instrument === instrument && record.status === 'unattributed',
  );
  const held = positions.get(instrument)?.quantity ?? 0n;
  return isUnexplained && quantity > (side === 'sell' ? held : -held);
}
