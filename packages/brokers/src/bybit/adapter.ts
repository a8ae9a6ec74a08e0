import { type RiskApproved, symbolOf } from '@ballast/domain';
import type { RestClientV5 } from 'bybit-api';
import { BrokerError } from '../broker-error.ts';
import type { Broker, BrokerStreamHandlers, OrderReference } from '../broker.ts';
import { CAPABILITIES, type Category } from './category.ts';
import { createPace } from './pace.ts';
import { openPrivateStream, type PrivateStream } from './private-stream.ts';
import { questions } from './questions.ts';
import { answered, openRest, orderParams, readAnswer } from './rest.ts';
import { text } from './wire.ts';

export type BybitOptions = {
  readonly account: string;
  /** What the account trades; its instruments are `bybit.<category>:<SYMBOL>`. */
  readonly category: Category;
  readonly key: string;
  readonly secret: string;
  readonly restUrl: string;
  readonly privateWsUrl: string;
  /** Settlement coin of linear contracts, for example USDT; what the spot market is traded in. */
  readonly coin: string;
  now(): number;
  /**
   * A row of a listing that could not be read. It is left out, so the operator has to be told: it
   * may belong to an order of ours. `detail` says which listing, symbol and fault.
   */
  onBadRow(code: string, detail: string, raw: string): void;
};

/** ByBit v5, one category: REST for requests, the private socket for pushes. */
export function bybitBroker(options: BybitOptions): Broker {
  const { account, category, key, secret, privateWsUrl: wsUrl } = options;
  const rest = openRest({ key, secret, baseUrl: options.restUrl });
  const pace = createPace();
  const streams = new Set<PrivateStream>();
  return {
    venue: 'bybit',
    account,
    capabilities: CAPABILITIES[category],
    async submit(order: RiskApproved) {
      const params = orderParams(order, category);
      await pace.orders.take(order.role === 'entry' ? 'other' : 'exit');
      const expected = [...streams].map((stream) => stream.expect(order.clientOrderId));
      try {
        const result = await answered(rest.submitOrder(params));
        for (const one of expected) one.accepted();
        return { venueOrderId: readAnswer(() => text(result, 'orderId')) };
      } catch (error) {
        for (const one of expected) one.refused();
        throw error;
      }
    },
    async cancel(order: OrderReference) {
      await pace.cancels.take('exit');
      await (category === 'spot' ? cancelSpot(rest, order) : cancelIn(rest, 'linear', order));
    },
    ...questions({ ...options, rest, pace }),
    openStream(handlers: BrokerStreamHandlers) {
      const stream = openPrivateStream({ key, secret, wsUrl, account, category }, handlers);
      streams.add(stream);
      return {
        close() {
          streams.delete(stream);
          stream.close();
        },
      };
    },
  };
}

async function cancelIn(
  rest: RestClientV5,
  category: Category,
  { clientOrderId, instrument }: OrderReference,
  filter: { orderFilter?: 'Order' | 'StopOrder' } = {},
): Promise<void> {
  const reference = { symbol: symbolOf(instrument), orderLinkId: clientOrderId };
  await answered(rest.cancelOrder({ category, ...reference, ...filter }));
}

const SPOT_ORDER_NOT_FOUND = 'BYBIT_170213';

/** The spot market looks for conditional orders only where it is told that the order is one. */
async function cancelSpot(rest: RestClientV5, order: OrderReference): Promise<void> {
  try {
    await cancelIn(rest, 'spot', order, { orderFilter: 'Order' });
  } catch (error) {
    if (!(error instanceof BrokerError) || error.code !== SPOT_ORDER_NOT_FOUND) throw error;
    await cancelIn(rest, 'spot', order, { orderFilter: 'StopOrder' });
  }
}
