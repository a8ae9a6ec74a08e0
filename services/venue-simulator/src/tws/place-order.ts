import {
  type Instrument,
  parsePrice,
  parseQuantity,
  type Price,
  type Quantity,
} from '@ballast/domain';
import type { OrderSpec, Trigger } from '@ballast/sim-core';
import type { AskedContract } from './contracts.ts';
import { invalidRequest, TwsRefusal, unreadable } from './refusal.ts';

const ORDER_TYPES = ['MKT', 'LMT', 'STP', 'STP LMT'] as const;
const TIMES_IN_FORCE = ['DAY', 'GTC', 'IOC', 'FOK'] as const;
/** Cancel the rest; reduce the rest, either way of guarding against overfills. */
const OCA_TYPES = ['0', '1', '2', '3'] as const;

/** An order as the client asks for it. */
export type AskedOrder = {
  readonly side: 'buy' | 'sell';
  readonly quantity: Quantity;
  readonly type: (typeof ORDER_TYPES)[number];
  readonly limitPrice: Price | null;
  readonly stopPrice: Price | null;
  readonly timeInForce: (typeof TIMES_IN_FORCE)[number];
  readonly ocaGroup: string;
  readonly ocaType: (typeof OCA_TYPES)[number];
  readonly orderRef: string;
  readonly transmit: boolean;
  /** 0: none. */
  readonly parentId: number;
  readonly outsideRth: boolean;
};

/** A plain order for a stock has exactly these; anything more asks for what is not offered. */
const FIELDS = 118;
/** Where each field stands in a PLACE_ORDER of server version 193. */
const AT = {
  orderId: 1,
  conId: 2,
  symbol: 3,
  secType: 4,
  currency: 11,
  action: 16,
  quantity: 17,
  orderType: 18,
  limitPrice: 19,
  stopPrice: 20,
  timeInForce: 21,
  ocaGroup: 22,
  account: 23,
  orderRef: 26,
  transmit: 27,
  parentId: 28,
  outsideRth: 33,
  ocaType: 46,
  whatIf: 84,
  conditions: 89,
} as const;
const UNSET_DOUBLE = /^(?:|0|0\.0|1\.7976931348623157e\+?308|Infinity)$/i;
const ORDER_ID = /^\d{1,10}$/;
const REFERENCE_MAX = 256;

export type PlaceRequest = {
  readonly orderId: number;
  readonly contract: AskedContract;
  readonly account: string;
  readonly asked: AskedOrder;
};

/** @throws TwsRefusal 320: without this id nothing can be answered. */
export function orderIdOf(fields: readonly string[]): number {
  const text = fields[AT.orderId] ?? '';
  if (!ORDER_ID.test(text)) throw unreadable(`Order id: ${text}`);
  return Number(text);
}

/** @throws TwsRefusal 320 for what cannot be read, 321 and others for what is not offered. */
export function readPlaceOrder(fields: readonly string[]): PlaceRequest {
  const field = (name: keyof typeof AT): string => fields[AT[name]] ?? '';
  if (fields.length < FIELDS) throw unreadable(`${fields.length} fields of ${FIELDS}`);
  if (fields.length > FIELDS || !UNSET_DOUBLE.test(field('conditions'))) {
    throw invalidRequest('Combinations, scales, algos and conditions are not offered');
  }
  if (field('whatIf') === '1') throw invalidRequest('What-if orders are not offered');
  const type = ORDER_TYPES.find((known) => known === field('orderType').toUpperCase());
  if (type === undefined) {
    throw new TwsRefusal(387, 'Unsupported order type for this exchange and security type.');
  }
  const limited = type === 'LMT' || type === 'STP LMT';
  const stopped = type === 'STP' || type === 'STP LMT';
  const orderRef = field('orderRef');
  if (orderRef.length > REFERENCE_MAX) throw invalidRequest('Order reference is too long');
  return {
    orderId: orderIdOf(fields),
    contract: {
      conId: field('conId'),
      symbol: field('symbol'),
      secType: field('secType'),
      currency: field('currency'),
    },
    account: field('account'),
    asked: {
      side: readSide(field('action')),
      quantity: readQuantity(field('quantity')),
      type,
      limitPrice: limited ? readPrice(field('limitPrice'), 'limit') : null,
      stopPrice: stopped ? readPrice(field('stopPrice'), 'stop') : null,
      timeInForce: readOneOf(TIMES_IN_FORCE, field('timeInForce') || 'DAY', 'Time in force'),
      ocaGroup: field('ocaGroup'),
      ocaType: readOneOf(OCA_TYPES, field('ocaType') || '0', 'OCA type'),
      orderRef,
      transmit: field('transmit') !== '0',
      parentId: Number(ORDER_ID.test(field('parentId')) ? field('parentId') : 0),
      outsideRth: field('outsideRth') === '1',
    },
  };
}

/** What the matcher is to do; a stop that the market has reached already trades at once. */
export function specOf(
  asked: AskedOrder,
  instrument: Instrument,
  lastPrice: Price,
  group: string,
): OrderSpec {
  const rests = asked.timeInForce === 'DAY' || asked.timeInForce === 'GTC';
  const spec = {
    linkId: '',
    instrument: instrument.id,
    side: asked.side,
    quantity: asked.quantity,
    type: asked.limitPrice === null ? 'market' : 'limit',
    price: asked.limitPrice,
    timeInForce: asked.limitPrice !== null && rests ? 'gtc' : immediate(asked.timeInForce),
    reduceOnly: false,
    trigger: triggerOf(asked, lastPrice),
  } as const;
  return group === '' ? spec : { ...spec, group };
}

const immediate = (timeInForce: AskedOrder['timeInForce']): 'fok' | 'ioc' =>
  timeInForce === 'FOK' ? 'fok' : 'ioc';

function triggerOf({ side, stopPrice }: AskedOrder, lastPrice: Price): Trigger | null {
  if (stopPrice === null) return null;
  const reached = side === 'buy' ? lastPrice >= stopPrice : lastPrice <= stopPrice;
  return reached ? null : { price: stopPrice, direction: side === 'buy' ? 'rise' : 'fall' };
}

function readSide(text: string): AskedOrder['side'] {
  if (text === 'BUY') return 'buy';
  if (text === 'SELL') return 'sell';
  throw invalidRequest(`Invalid action: ${text}`);
}

function readQuantity(text: string): Quantity {
  const quantity = readDecimal(parseQuantity, text, 'Quantity');
  if (quantity <= 0n) throw invalidRequest('Order size must be above zero');
  return quantity;
}

function readPrice(text: string, name: string): Price {
  if (UNSET_DOUBLE.test(text)) throw invalidRequest(`Missing ${name} price`);
  return readDecimal(parsePrice, text, `${name} price`);
}

function readDecimal<T>(parse: (text: string) => T, text: string, name: string): T {
  try {
    return parse(text);
  } catch {
    throw unreadable(`${name}: ${text}`);
  }
}

function readOneOf<T extends string>(known: readonly T[], text: string, name: string): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw invalidRequest(`${name} ${text} is not offered`);
  return found;
}
