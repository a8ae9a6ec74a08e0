import {
  type Instrument,
  InvalidInput,
  parsePrice,
  parseQuantity,
  type Price,
  type Quantity,
  type Side,
} from '@ballast/domain';
import type { OrderSpec } from '@ballast/sim-core';
import { isRecord, scalarText, textOf } from '../bybit/json.ts';
import { invalid, unprocessable } from './refusal.ts';

const TYPES = ['market', 'limit', 'stop', 'stop_limit'] as const;
const TIMES = ['day', 'gtc', 'ioc', 'fok'] as const;
const SIDES = ['buy', 'sell'] as const;
const CLIENT_ID_MAX = 128;
/** What the matcher takes as a link id; longer or stranger client ids live in the desk alone. */
const LINK_ID = /^[A-Za-z0-9_-]{1,36}$/;

export type OrderType = (typeof TYPES)[number];
export type AlpacaTimeInForce = (typeof TIMES)[number];

/** An order as asked for, read and checked for form. `clientOrderId` '' when none was sent. */
export type AskedOrder = {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly type: OrderType;
  readonly timeInForce: AlpacaTimeInForce;
  readonly limitPrice: Price | null;
  readonly stopPrice: Price | null;
  readonly extendedHours: boolean;
};

/** What a replacement changes; absent stays. */
export type AskedChange = {
  readonly clientOrderId: string;
  readonly quantity?: Quantity;
  readonly limitPrice?: Price;
  readonly stopPrice?: Price;
  readonly timeInForce?: AlpacaTimeInForce;
};

/** @throws AlpacaRefusal */
export function readOrder(body: unknown): AskedOrder {
  if (!isRecord(body)) throw invalid('request body format is invalid');
  const symbol = textOf(body['symbol']);
  if (symbol === '') throw invalid('symbol is required');
  if (isGiven(body['notional'])) throw invalid('notional orders are not available');
  const orderClass = textOf(body['order_class']);
  if (!['', 'simple'].includes(orderClass)) {
    throw invalid(`order_class ${orderClass} is not available`);
  }
  const type = oneOf(TYPES, body['type'], 'type');
  const timeInForce = oneOf(TIMES, body['time_in_force'], 'time_in_force');
  if (type.startsWith('stop') && !['day', 'gtc'].includes(timeInForce)) {
    throw unprocessable('stop orders must be day or gtc');
  }
  const extendedHours = body['extended_hours'] === true;
  if (extendedHours && type !== 'limit') {
    throw unprocessable('extended hours order must be DAY limit orders');
  }
  return {
    clientOrderId: readClientId(body['client_order_id']),
    symbol,
    side: oneOf(SIDES, body['side'], 'side'),
    quantity: quantityOf(body['qty']),
    type,
    timeInForce,
    ...readPrices(body, type),
    extendedHours,
  };
}

/** @throws AlpacaRefusal */
export function readChange(body: unknown): AskedChange {
  if (!isRecord(body)) throw invalid('request body format is invalid');
  const { qty, limit_price: limit, stop_price: stop, time_in_force: time } = body;
  if (isGiven(body['trail'])) throw invalid('trailing stop orders are not available');
  return {
    clientOrderId: readClientId(body['client_order_id']),
    ...(isGiven(qty) ? { quantity: quantityOf(qty) } : {}),
    ...(isGiven(limit) ? { limitPrice: priceOf(limit, 'limit_price') } : {}),
    ...(isGiven(stop) ? { stopPrice: priceOf(stop, 'stop_price') } : {}),
    ...(isGiven(time) ? { timeInForce: oneOf(TIMES, time, 'time_in_force') } : {}),
  };
}

/** The order in the matcher's words; an order for the day rests until the desk ends it. */
export function specOf(asked: AskedOrder, clientOrderId: string, on: Instrument): OrderSpec {
  const { side, quantity, timeInForce, limitPrice, stopPrice } = asked;
  return {
    linkId: LINK_ID.test(clientOrderId) ? clientOrderId : '',
    instrument: on.id,
    side,
    quantity,
    type: limitPrice === null ? 'market' : 'limit',
    price: limitPrice,
    timeInForce: timeInForce === 'day' ? 'gtc' : timeInForce,
    reduceOnly: false,
    trigger:
      stopPrice === null
        ? null
        : { price: stopPrice, direction: side === 'sell' ? 'fall' : 'rise' },
  };
}

function readPrices(
  body: Readonly<Record<string, unknown>>,
  type: OrderType,
): { limitPrice: Price | null; stopPrice: Price | null } {
  const { limit_price: limit, stop_price: stop } = body;
  const limited = type === 'limit' || type === 'stop_limit';
  const stopped = type === 'stop' || type === 'stop_limit';
  if (limited && !isGiven(limit)) throw invalid(`${type} orders require limit price`);
  if (stopped && !isGiven(stop)) throw invalid(`${type} orders require stop price`);
  if (!limited && isGiven(limit)) throw invalid(`${type} orders require no limit price`);
  if (!stopped && isGiven(stop)) throw invalid(`${type} orders require no stop price`);
  return {
    limitPrice: limited ? priceOf(limit, 'limit_price') : null,
    stopPrice: stopped ? priceOf(stop, 'stop_price') : null,
  };
}

function readClientId(value: unknown): string {
  const id = textOf(value);
  if (id.length > CLIENT_ID_MAX) {
    throw invalid(`client_order_id must be no more than ${CLIENT_ID_MAX} characters`);
  }
  return id;
}

function oneOf<T extends string>(words: readonly T[], value: unknown, name: string): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw invalid(`invalid ${name}: ${scalarText(value).slice(0, 40)}`);
  return found;
}

function quantityOf(value: unknown): Quantity {
  const quantity = amount(() => parseQuantity(scalarText(value)), 'qty');
  if (quantity === 0n) throw invalid('qty must be > 0');
  return quantity;
}

function priceOf(value: unknown, name: string): Price {
  return amount(() => parsePrice(scalarText(value)), name);
}

function amount<T>(read: () => T, name: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw invalid(`invalid ${name}`);
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
