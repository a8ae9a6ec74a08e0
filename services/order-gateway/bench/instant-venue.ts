import type { Broker } from '@ballast/brokers';
import {
  type RiskApproved,
  type Fill,
  parsePrice,
  parseScaled,
  type TradeId,
  type VenueCapabilities,
  ZERO_QUANTITY,
} from '@ballast/domain';
import type { TradeInput } from '@ballast/order-core';

export const CAPABILITIES: VenueCapabilities = {
  markets: [{ market: 'bybit.linear', endings: null }],
  exits: 'reduceOnly',
  shorting: true,
  postOnly: true,
  timesInForce: ['gtc', 'ioc', 'fok'],
  requestSettlesMs: 5_000,
  executionsKeptMs: 86_400_000,
};
/** A trade's stop and target both rest before the target fills. */
const EXITS = 2;
export const ENTRY_PRICE = '50000';
export const TARGET_PRICE = '50500';

type Hear = (tradeId: TradeId, input: TradeInput) => void;

/**
 * A venue that answers at once: an entry fills whole, then the target as soon as stop and target
 * rest, and a cancel ends its order. So each trade lives its whole life with no time of its own.
 */
export function instantVenue(account: string, hear: Hear) {
  const exits = new Map<TradeId, RiskApproved[]>();
  const orders = new Map<string, RiskApproved>();
  const submittedAt = new Map<TradeId, number>();
  let executions = 0;

  const later = (tradeId: TradeId, input: TradeInput): void => {
    setImmediate(() => hear(tradeId, { ...input, at: Date.now() }));
  };
  function fill(order: RiskApproved, price: string): void {
    executions += 1;
    const { clientOrderId, instrument, side, quantity, tradeId } = order;
    const fee = { amount: parseScaled('0.01'), currency: 'USDT' };
    const eventTime = Date.now();
    const executed: Fill = {
      ...{ venue: 'bybit', account, executionId: `execution-${executions}`, revision: 0 },
      ...{ clientOrderId, venueOrderId: `venue-${clientOrderId}`, instrument, side, quantity },
      ...{ price: parsePrice(price), fee, liquidity: 'taker', eventTime },
    };
    later(tradeId, { type: 'fill', at: eventTime, fill: executed });
  }

  const broker: Broker = {
    venue: 'bybit',
    account,
    capabilities: CAPABILITIES,
    async submit(order) {
      const { clientOrderId, role, tradeId } = order;
      orders.set(clientOrderId, order);
      if (role === 'entry') {
        submittedAt.set(tradeId, performance.now());
        fill(order, ENTRY_PRICE);
      } else {
        const resting = [...(exits.get(tradeId) ?? []), order];
        exits.set(tradeId, resting);
        const target = resting.find((exit) => exit.role === 'target');
        if (resting.length === EXITS && target !== undefined) fill(target, TARGET_PRICE);
      }
      return { venueOrderId: `venue-${clientOrderId}` };
    },
    async cancel({ clientOrderId }) {
      const order = orders.get(clientOrderId);
      if (order === undefined) return;
      const { instrument, side, quantity, tradeId } = order;
      const report = {
        ...{ clientOrderId, venueOrderId: `venue-${clientOrderId}`, instrument, side, quantity },
        ...{ filledQuantityCum: ZERO_QUANTITY, reason: '', eventTime: Date.now() },
        status: 'cancelled',
      } as const;
      later(tradeId, { type: 'report', at: 0, report });
    },
    findOrder: () => Promise.reject(new Error('this venue leaves nothing to ask')),
    executionsOf: async () => [],
    openOrders: async () => [],
    executionsSince: async () => [],
    positions: async () => [],
    balance: () => Promise.reject(new Error('this venue has no balance to give')),
    openStream: () => ({ close: () => undefined }),
  };
  return { broker, submittedAt };
}
