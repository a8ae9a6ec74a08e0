import { type Broker, BrokerError } from '@ballast/brokers';
import { type BrakeReading, isReleased } from '@ballast/order-core';

/**
 * The same broker without entries while the brake is not released. A commit may have promised one
 * just before the commit that engaged: it waits in a queue here, and must not leave any more.
 */
export function brakedBroker(broker: Broker, brake: () => BrakeReading): Broker {
  return {
    venue: broker.venue,
    account: broker.account,
    capabilities: broker.capabilities,
    async submit(order) {
      if (order.role !== 'entry' || isReleased(brake())) return broker.submit(order);
      throw new BrokerError('notSent', 'BRAKE_ENGAGED', 'no entry leaves while it is engaged');
    },
    cancel: (order) => broker.cancel(order),
    findOrder: (order) => broker.findOrder(order),
    executionsOf: (order) => broker.executionsOf(order),
    openOrders: () => broker.openOrders(),
    executionsSince: (since) => broker.executionsSince(since),
    positions: () => broker.positions(),
    balance: () => broker.balance(),
    openStream: (handlers) => broker.openStream(handlers),
  };
}
