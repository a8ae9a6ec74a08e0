import { type Broker, BrokerError } from '@ballast/brokers';
import {
  type RiskApproved,
  type Fill,
  type OrderReport,
  type OrderRole,
  parsePrice,
  parseScaled,
  type Quantity,
  type VenueOrderStatus,
} from '@ballast/domain';
import { BTC, REDUCE_ONLY } from './gateway.fixture.ts';

type Resting = {
  readonly request: RiskApproved;
  readonly venueOrderId: string;
  status: VenueOrderStatus;
  cum: bigint;
};

/** A venue with one instrument that outlives every gateway; market orders fill at once. */
export function createVenue(account: string, now: () => number) {
  const orders = new Map<string, Resting>();
  const executions: Fill[] = [];
  let position = 0n;
  let repeatedIds = 0;

  function report({ request, venueOrderId, status, cum }: Resting): OrderReport {
    const { clientOrderId, instrument, side, quantity } = request;
    return {
      ...{ clientOrderId, venueOrderId, instrument, side, quantity, status },
      ...{ filledQuantityCum: cum as Quantity, reason: '', eventTime: now() },
    };
  }

  function fill(order: Resting): void {
    const { request, venueOrderId } = order;
    const { clientOrderId, side, instrument } = request;
    const held = position < 0n ? -position : position;
    const quantity = request.reduceOnly && held < request.quantity ? held : request.quantity;
    order.status = quantity === 0n ? 'cancelled' : 'filled';
    if (quantity === 0n) return;
    order.cum = quantity;
    position += side === 'buy' ? quantity : -quantity;
    executions.push({
      ...{ venue: 'bybit', account, clientOrderId, venueOrderId, instrument, side },
      ...{
        executionId: `${account}-${executions.length}`,
        revision: 0,
        price: parsePrice('50000'),
      },
      ...{ quantity: quantity as Quantity, liquidity: 'taker', eventTime: now() },
      fee: { amount: parseScaled('1'), currency: 'USDT' },
    });
  }

  /** Somebody sells at the market, with the account's own key and without an order of ours. */
  function sellByHand(quantity: Quantity): void {
    position -= quantity;
    executions.push({
      ...{ venue: 'bybit', account, clientOrderId: '', venueOrderId: 'by hand', instrument: BTC },
      ...{ executionId: `${account}-${executions.length}`, revision: 0, side: 'sell', quantity },
      ...{ price: parsePrice('49000'), liquidity: 'taker', eventTime: now() },
      fee: { amount: parseScaled('3'), currency: 'USDT' },
    });
  }

  const open = (): Resting[] => [...orders.values()].filter(({ status }) => status === 'working');

  const broker: Omit<Broker, 'openStream'> = {
    ...{ venue: 'bybit', account, capabilities: REDUCE_ONLY },
    async submit(request) {
      if (orders.has(request.clientOrderId)) {
        repeatedIds += 1;
        throw new BrokerError('unknownOutcome', 'REPEATED', 'the id is there already');
      }
      const venueOrderId = `${account}-order-${orders.size}`;
      const order: Resting = { request, venueOrderId, status: 'working', cum: 0n };
      orders.set(request.clientOrderId, order);
      if (request.kind.type === 'market') fill(order);
      return { venueOrderId };
    },
    async cancel({ clientOrderId }) {
      const order = orders.get(clientOrderId);
      if (order?.status !== 'working') throw new BrokerError('rejected', 'GONE', 'not open');
      order.status = 'cancelled';
    },
    async findOrder({ clientOrderId }) {
      const order = orders.get(clientOrderId);
      return order === undefined ? null : report(order);
    },
    executionsOf: async ({ clientOrderId }) =>
      executions.filter((execution) => execution.clientOrderId === clientOrderId),
    openOrders: async () => open().map(report),
    executionsSince: async () => [...executions],
    positions: async () => [{ instrument: BTC, quantity: position as Quantity }],
    async balance() {
      throw new BrokerError('unknownOutcome', 'NOT_ASKED', 'nobody asks here');
    },
  };
  return {
    broker,
    executions,
    sellByHand,
    /** The market reaches this role's open order, if there is one; gives what a stream tells. */
    reach(role: OrderRole): { fill: Fill; report: OrderReport } | null {
      const order = open().find(({ request }) => request.role === role);
      if (order === undefined) return null;
      fill(order);
      const last = executions.at(-1);
      return last?.clientOrderId === order.request.clientOrderId
        ? { fill: last, report: report(order) }
        : null;
    },
    state: () => ({ position, repeatedIds, open: open().length }),
    entries: () => [...orders.values()].filter(({ request }) => request.role === 'entry').length,
  };
}
