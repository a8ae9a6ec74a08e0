import {
  divide,
  formatScaled,
  InvalidInput,
  instrumentId,
  parsePrice,
  parseQuantity,
  symbolOf,
} from '@ballast/domain';
import {
  type Amendment,
  leavesOf,
  type OrderSpec,
  type OrderStatus,
  type TimeInForce,
  type Trigger,
  type VenueOrder,
} from '@ballast/sim-core';
import { z } from 'zod';
import { MARKET, VENUE } from '../instruments.ts';
import { CODE, VenueRefusal } from './codes.ts';

const text = z.string().optional();

const createBody = z.looseObject({
  category: z.literal('linear'),
  symbol: z.string(),
  side: z.enum(['Buy', 'Sell']),
  orderType: z.enum(['Market', 'Limit']),
  qty: z.string(),
  price: text,
  timeInForce: z.enum(['GTC', 'IOC', 'FOK', 'PostOnly']).optional(),
  orderLinkId: text,
  positionIdx: z.literal(0).optional(),
  reduceOnly: z.boolean().optional(),
  closeOnTrigger: z.boolean().optional(),
  triggerPrice: text,
  triggerDirection: z.union([z.literal(1), z.literal(2)]).optional(),
  triggerBy: z.enum(['LastPrice', 'MarkPrice', 'IndexPrice', '']).optional(),
});

/** Known to the venue, not to this simulator: refused, since ignoring them would hide a risk. */
const UNSUPPORTED = ['takeProfit', 'stopLoss', 'tpslMode', 'tpOrderType', 'slOrderType'] as const;

const TIME_IN_FORCE: Record<'GTC' | 'IOC' | 'FOK' | 'PostOnly', TimeInForce> = {
  GTC: 'gtc',
  IOC: 'ioc',
  FOK: 'fok',
  PostOnly: 'postOnly',
};
const TIME_IN_FORCE_TEXT: Record<TimeInForce, string> = {
  gtc: 'GTC',
  ioc: 'IOC',
  fok: 'FOK',
  postOnly: 'PostOnly',
};

const STATUS_TEXT: Record<OrderStatus, string> = {
  untriggered: 'Untriggered',
  triggered: 'Triggered',
  new: 'New',
  partiallyFilled: 'PartiallyFilled',
  filled: 'Filled',
  cancelled: 'Cancelled',
  deactivated: 'Deactivated',
};

const END_TEXT: Record<VenueOrder['endReason'], readonly [cancelType: string, reason: string]> = {
  '': ['UNKNOWN', 'EC_NoError'],
  byUser: ['CancelByUser', 'EC_PerCancelRequest'],
  byReduceOnly: ['CancelByReduceOnly', 'EC_NoError'],
  byGroup: ['CancelByUser', 'EC_PerCancelRequest'],
  rejected: ['UNKNOWN', 'EC_Others'],
  postOnlyWouldTake: ['UNKNOWN', 'EC_PostOnlyWillTakeLiquidity'],
  noImmediateQuantity: ['UNKNOWN', 'EC_NoImmediateQtyToFill'],
  noLiquidity: ['UNKNOWN', 'EC_NoEnoughQtyToFill'],
  insufficientBalance: ['CancelByPrepareLackOfMargin', 'EC_Others'],
};

/** Body of an order request to the order it asks for. @throws VenueRefusal 10001 */
export function readCreate(body: unknown): OrderSpec {
  const given = parseBody(createBody, body);
  for (const name of UNSUPPORTED) {
    const value = given[name];
    if (value === undefined || value === '' || value === '0') continue;
    throw new VenueRefusal(CODE.parameter, `${name} is not supported by this simulator`);
  }
  return asParameters(() => {
    const limit = given.orderType === 'Limit';
    const spec: OrderSpec = {
      linkId: given.orderLinkId ?? '',
      instrument: instrumentId(VENUE, MARKET, given.symbol),
      side: given.side === 'Buy' ? 'buy' : 'sell',
      quantity: parseQuantity(given.qty),
      type: limit ? 'limit' : 'market',
      price: limit && isGiven(given.price) ? parsePrice(given.price) : null,
      timeInForce: limit ? TIME_IN_FORCE[given.timeInForce ?? 'GTC'] : 'ioc',
      reduceOnly: given.reduceOnly === true || given.closeOnTrigger === true,
      trigger: readTrigger(given.triggerPrice, given.triggerDirection),
    };
    return spec;
  });
}

function readTrigger(price: string | undefined, direction: 1 | 2 | undefined): Trigger | null {
  if (!isGiven(price)) return null;
  if (direction === undefined) {
    throw new VenueRefusal(CODE.parameter, 'TriggerDirection invalid: it is required');
  }
  return { price: parsePrice(price), direction: direction === 1 ? 'rise' : 'fall' };
}

const amendBody = z.looseObject({ qty: text, price: text, triggerPrice: text });

/** @throws VenueRefusal 10001 */
export function readAmend(body: unknown): Amendment {
  const { qty, price, triggerPrice } = parseBody(amendBody, body);
  return asParameters(() => ({
    ...(isGiven(qty) ? { quantity: parseQuantity(qty) } : {}),
    ...(isGiven(price) ? { price: parsePrice(price) } : {}),
    ...(isGiven(triggerPrice) ? { triggerPrice: parsePrice(triggerPrice) } : {}),
  }));
}

const referenceBody = z.looseObject({
  category: z.literal('linear'),
  symbol: z.string(),
  orderId: text,
  orderLinkId: text,
});

/** Which order is meant; the venue's id wins over the client's. @throws VenueRefusal 10001 */
export function readReference(body: unknown): {
  symbol: string;
  id?: string;
  linkId?: string;
} {
  const { symbol, orderId, orderLinkId } = parseBody(referenceBody, body);
  if (isGiven(orderId)) return { symbol, id: orderId };
  if (isGiven(orderLinkId)) return { symbol, linkId: orderLinkId };
  throw new VenueRefusal(CODE.parameter, 'orderId or orderLinkId is required');
}

/** @throws VenueRefusal 10001 that names the first field at fault */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new VenueRefusal(CODE.parameter, `params error: ${field} invalid: ${issue?.message ?? ''}`);
}

function asParameters<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new VenueRefusal(CODE.parameter, `params error: ${error.code}: ${error.message}`);
  }
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** An order as listings and the private stream show it. */
export function orderJson(order: VenueOrder): Record<string, unknown> {
  const [cancelType, rejectReason] = END_TEXT[order.endReason];
  const ended = order.status === 'cancelled' || order.status === 'deactivated';
  const average =
    order.filled === 0n ? null : divide(order.cost * 10n ** 18n, order.filled, 'halfEven');
  return {
    category: 'linear',
    symbol: symbolOf(order.instrument),
    orderId: order.id,
    orderLinkId: order.linkId,
    blockTradeId: '',
    side: order.side === 'buy' ? 'Buy' : 'Sell',
    positionIdx: 0,
    orderStatus: order.endReason === 'rejected' ? 'Rejected' : STATUS_TEXT[order.status],
    cancelType,
    rejectReason,
    timeInForce: TIME_IN_FORCE_TEXT[order.timeInForce],
    isLeverage: '',
    price: order.price === null ? '0' : formatScaled(order.price),
    qty: formatScaled(order.quantity),
    avgPrice: average === null ? '' : formatScaled(average),
    leavesQty: ended ? '0' : formatScaled(leavesOf(order)),
    leavesValue: '0',
    cumExecQty: formatScaled(order.filled),
    cumExecValue: formatScaled(order.cost),
    cumExecFee: formatScaled(order.fees),
    orderType: order.type === 'limit' ? 'Limit' : 'Market',
    stopOrderType: order.trigger === null ? '' : 'Stop',
    orderIv: '',
    triggerPrice: order.trigger === null ? '' : formatScaled(order.trigger.price),
    triggerDirection: order.trigger === null ? 0 : order.trigger.direction === 'rise' ? 1 : 2,
    triggerBy: order.trigger === null ? '' : 'LastPrice',
    takeProfit: '',
    stopLoss: '',
    tpslMode: '',
    reduceOnly: order.reduceOnly,
    closeOnTrigger: false,
    createType: 'CreateByUser',
    placeType: '',
    smpType: 'None',
    createdTime: String(order.createdAt),
    updatedTime: String(order.updatedAt),
  };
}
