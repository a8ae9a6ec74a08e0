import {
  type ApprovedOrder,
  clientOrderId,
  LEGS_MAX,
  type OrderRequest,
  type OrderRole,
  type Price,
  type Quantity,
} from '@ballast/domain';
import { entrySide, exitSide, type Trade } from './trade.ts';

/**
 * The only place that makes an ApprovedOrder (the architecture test looks for others). An entry
 * comes from a plan that every rule passed; an exit only reduces and is never blocked. `attempt`
 * counts the orders of the role; those after the last leg are the legs' next revisions.
 */
export function approveOrder(
  trade: Trade,
  role: OrderRole,
  attempt: number,
  quantity: Quantity,
): ApprovedOrder {
  const request: OrderRequest = {
    clientOrderId: clientOrderId(
      trade.id,
      role,
      attempt % LEGS_MAX,
      Math.floor(attempt / LEGS_MAX),
    ),
    tradeId: trade.id,
    role,
    instrument: trade.plan.instrument,
    side: role === 'entry' ? entrySide(trade) : exitSide(trade),
    quantity,
    reduceOnly: role !== 'entry',
    kind: kindOf(trade, role),
    group: null,
  };
  return request as ApprovedOrder;
}

function kindOf(trade: Trade, role: OrderRole): OrderRequest['kind'] {
  const { plan } = trade;
  switch (role) {
    case 'entry':
      return plan.entry.type === 'market' ? { type: 'market' } : limitAt(plan.entry.price);
    case 'stop':
      return { type: 'stop', triggerPrice: plan.stop };
    case 'target':
      return limitAt(plan.target);
    case 'close':
      return { type: 'market' };
    default:
      return role satisfies never;
  }
}

function limitAt(price: Price): OrderRequest['kind'] {
  return { type: 'limit', price, timeInForce: 'gtc', postOnly: false };
}
