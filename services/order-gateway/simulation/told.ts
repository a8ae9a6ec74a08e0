import type { Fill, OrderReport, Quantity, VenueOrderStatus } from '@ballast/domain';
import type { VenueOrder } from '@ballast/sim-core';
import type { ToldExecution } from './venue.ts';

const STATUS: Record<string, VenueOrderStatus> = {
  untriggered: 'working',
  triggered: 'working',
  new: 'working',
  partiallyFilled: 'partiallyFilled',
  filled: 'filled',
  cancelled: 'cancelled',
  deactivated: 'cancelled',
};

export function reportOf(order: VenueOrder): OrderReport {
  return {
    clientOrderId: order.linkId,
    venueOrderId: order.id,
    instrument: order.instrument,
    status: order.endReason === 'rejected' ? 'rejected' : (STATUS[order.status] ?? 'unrecognised'),
    side: order.side,
    quantity: order.quantity,
    filledQuantityCum: order.filled,
    reason: order.endReason,
    eventTime: order.updatedAt,
  };
}

export function fillOf(execution: ToldExecution, account: string): Fill {
  return {
    venue: 'model',
    account,
    executionId: execution.id,
    revision: execution.revision,
    clientOrderId: execution.linkId,
    venueOrderId: execution.orderId,
    instrument: execution.instrument,
    side: execution.side,
    price: execution.price,
    quantity: execution.quantity as Quantity,
    fee: { amount: execution.fee, currency: 'USDT' },
    liquidity: execution.liquidity,
    eventTime: execution.at,
  };
}
