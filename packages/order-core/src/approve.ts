import {
  type RiskApproved,
  clientOrderId,
  LEGS_MAX,
  type OrderKind,
  type OrderRequest,
  type Price,
  targetsOf,
} from '@ballast/domain';
import type { ExitNeed } from './exits.ts';
import { entrySide, exitSide, ordersOf, type Trade } from './trade.ts';

/**
 * The only places that make an RiskApproved (the architecture test looks for others). An entry
 * comes from a plan that every rule passed; an exit only reduces and is never blocked.
 */
export function approveEntry(trade: Trade): RiskApproved {
  const { id, plan } = trade;
  const request: OrderRequest = {
    clientOrderId: clientOrderId(id, 'entry', 0, 0),
    tradeId: id,
    role: 'entry',
    slot: 0,
    instrument: plan.instrument,
    side: entrySide(trade),
    quantity: plan.quantity,
    reduceOnly: false,
    kind: plan.entry,
  };
  return request as RiskApproved;
}

/** The next exit of its kind. A closing order has no slot of its own and uses up leg after leg. */
export function approveExit(trade: Trade, need: ExitNeed): RiskApproved {
  const { role, slot, quantity } = need;
  const attempt = ordersOf(trade, role).filter((order) => order.request.slot === slot).length;
  const leg = role === 'close' ? attempt % LEGS_MAX : slot;
  const revision = role === 'close' ? Math.floor(attempt / LEGS_MAX) : attempt;
  const request: OrderRequest = {
    clientOrderId: clientOrderId(trade.id, role, leg, revision),
    tradeId: trade.id,
    role,
    slot,
    instrument: trade.plan.instrument,
    side: exitSide(trade),
    quantity,
    reduceOnly: trade.capabilities.exits === 'reduceOnly',
    kind: kindOf(trade, need),
  };
  return request as RiskApproved;
}

function kindOf(trade: Trade, { role, slot }: ExitNeed): OrderKind {
  if (role === 'stop') return { type: 'stop', triggerPrice: trade.stopLevel };
  const target = targetsOf(trade.plan)[slot];
  if (role === 'target' && target !== undefined) return limitAt(target.price);
  return { type: 'market' };
}

function limitAt(price: Price): OrderKind {
  return { type: 'limit', price, timeInForce: 'gtc', postOnly: false };
}
