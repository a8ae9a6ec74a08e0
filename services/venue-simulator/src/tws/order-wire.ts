import {
  divideScaled,
  formatScaled,
  parseScaled,
  roundToStep,
  ZERO_QUANTITY,
} from '@ballast/domain';
import { contractHead, contractTail } from './contracts.ts';
import type { Field, Frame } from './frame.ts';
import { PUSH } from './message-ids.ts';
import { type OrderRecord, type OrderView, remainingOf } from './order-record.ts';
import type { AskedOrder } from './place-order.ts';

/** Averages are told to this step. */
const AVERAGE_STEP = parseScaled('0.00000001');
const UNSET_INT = 2_147_483_647;

/** A run of empty fields. */
const blank = (count: number): Field[] => Array.from({ length: count }, () => '');
const zeros = (count: number): Field[] => Array.from({ length: count }, () => 0);

export function averageText(cost: bigint, quantity: bigint): string {
  if (quantity === 0n) return '0';
  return formatScaled(
    roundToStep(divideScaled(cost, quantity, 'halfEven'), AVERAGE_STEP, 'halfEven'),
  );
}

export function orderStatusFrame(record: OrderRecord, view: OrderView = record.view): Frame {
  const { permId, clientId, orderId, parent } = record;
  return [
    PUSH.orderStatus,
    orderId,
    view.status,
    formatScaled(view.filled),
    formatScaled(remainingOf(view)),
    averageText(view.cost, view.filled),
    permId,
    parent?.orderId ?? 0,
    view.lastFillPrice === null ? 0 : formatScaled(view.lastFillPrice),
    clientId,
    view.whyHeld,
    0,
  ];
}

/** From the action to the account. */
function orderHead({ side, quantity, type, limitPrice, stopPrice, ...asked }: AskedOrder): Frame {
  return [
    side === 'buy' ? 'BUY' : 'SELL',
    formatScaled(quantity),
    type,
    limitPrice === null ? 0 : formatScaled(limitPrice),
    stopPrice === null ? 0 : formatScaled(stopPrice),
    asked.timeInForce,
    asked.ocaGroup,
  ];
}

/** 133 fields; the empty ones are of orders that are not offered here. */
export function openOrderFrame(
  record: OrderRecord,
  account: string,
  view: OrderView = record.view,
): Frame {
  const { permId, clientId, orderId, contract, parent } = record;
  const { asked } = view;
  return [
    PUSH.openOrder,
    orderId,
    ...contractHead(contract),
    ...contractTail(contract, 'SMART'),
    ...orderHead(asked),
    account,
    '',
    0,
    asked.orderRef,
    clientId,
    permId,
    asked.outsideRth,
    0,
    0,
    // goodAfterTime to settlingFirm
    ...blank(10),
    // shortSaleSlot, designatedLocation, exemptCode, auctionStrategy
    ...[0, '', -1, 0],
    // box and peg prices, displaySize
    ...[...blank(5), 0],
    // block, sweep, allOrNone, minQty
    ...[0, 0, 0, ''],
    asked.ocaType,
    // eTradeOnly, firmQuoteOnly, nbboPriceCap
    ...[0, 0, ''],
    parent?.orderId ?? 0,
    0,
    // volatility to trailingPercent
    ...['', 0, '', '', 0, 0, '', ''],
    // basis points, combinations, scale, hedge
    ...['', '', '', 0, 0, 0, '', '', '', ''],
    // optOutSmartRouting, clearing, notHeld, deltaNeutral, algo, solicited, whatIf
    ...[0, '', 'IB', 0, 0, '', 0, 0],
    view.status,
    // margins, commissions, currency, warning
    ...[...blank(12), contract.currency, ''],
    // randomize, conditions
    ...[0, 0, 0],
    // adjusted orders
    ...['None', ...blank(6), 0],
    // soft dollars, cashQty
    ...blank(4),
    ...zeros(4),
    // duration, postToAts, autoCancelParent, best and mid pegs
    ...[0, UNSET_INT, 0, ...blank(5)],
    // customerAccount, professional, bondAccruedInterest, overnight, extOperator, manual
    ...['', 0, '', 0, '', UNSET_INT],
  ];
}

/**
 * An order that has ended; the venue tells its permId and no order id, and of one that has filled
 * 0 as its quantity.
 */
export function completedOrderFrame(record: OrderRecord, account: string, view: OrderView): Frame {
  const { permId, contract, parent } = record;
  const { asked } = view;
  return [
    PUSH.completedOrder,
    ...contractHead(contract),
    ...contractTail(contract, 'SMART'),
    ...orderHead(view.status === 'Filled' ? { ...asked, quantity: ZERO_QUANTITY } : asked),
    account,
    '',
    0,
    asked.orderRef,
    permId,
    asked.outsideRth,
    0,
    0,
    // goodAfterTime to settlingFirm
    ...blank(9),
    // shortSaleSlot, designatedLocation, exemptCode
    ...[0, '', -1],
    // box and peg prices, displaySize
    ...[...blank(5), 0],
    // sweep, allOrNone, minQty
    ...[0, 0, ''],
    asked.ocaType,
    // triggerMethod, volatility to trailingPercent
    ...[0, '', 0, '', '', 0, 0, '', ''],
    // combinations, scale, hedge
    ...['', 0, 0, 0, '', '', '', ''],
    // clearing, notHeld, deltaNeutral, algo, solicited
    ...['', 'IB', 0, 0, '', 0],
    view.status,
    // randomize, conditions, stop price, limit offset, cashQty, two flags, autoCancelDate
    ...[0, 0, 0, '', '', '', 0, 0, ''],
    formatScaled(view.filled),
    // refFuturesConId, autoCancelParent, shareholder, two flags
    ...[0, 0, '', 0, 0],
    parent?.permId ?? 0,
    timeText(view.at),
    completedText(view),
    // best and mid pegs, customerAccount, professional
    ...[...blank(5), '', 0],
  ];
}

/** Whole seconds, as all times of this venue: `20261120 14:00:00 UTC`. */
export function timeText(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  return `${day.replaceAll('-', '')} ${time.slice(0, 8)} UTC`;
}

function completedText({ status, filled, reason }: OrderView): string {
  if (status === 'Filled') return `Filled Size: ${formatScaled(filled)}`;
  return status === 'Cancelled'
    ? `Cancelled by ${reason === '' ? 'Trader' : `System: ${reason}`}`
    : reason;
}
