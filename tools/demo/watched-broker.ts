import type { Broker } from '@ballast/brokers';
import type { BrokerCall } from '../proof/venue-log-proof.ts';

type Asked = Pick<Broker, 'findOrder' | 'executionsSince' | 'positions' | 'openOrders'>;
/** The questions of a broker, and which have been asked so far, oldest first. */
export type WatchedBroker = Asked & { readonly calls: readonly BrokerCall[] };

/** Remembers the demo's own questions: in the venue's log they look like the gateway's. */
export function watchedBroker(broker: Asked): WatchedBroker {
  const calls: BrokerCall[] = [];
  const note = (call: BrokerCall['call'], clientOrderId = ''): void => {
    calls.push({ call, clientOrderId });
  };
  return {
    calls,
    findOrder(order) {
      note('findOrder', order.clientOrderId);
      return broker.findOrder(order);
    },
    executionsSince(since) {
      note('executionsSince');
      return broker.executionsSince(since);
    },
    positions() {
      note('positions');
      return broker.positions();
    },
    openOrders() {
      note('openOrders');
      return broker.openOrders();
    },
  };
}
