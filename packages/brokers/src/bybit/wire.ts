import {
  type Fill,
  instrumentId,
  type InstrumentId,
  type Money,
  negateQuantity,
  type OrderReport,
  parseMoney,
  parsePrice,
  parseQuantity,
  parseScaled,
  parseSignedQuantity,
  type Side,
  type VenueBalance,
  type VenueOrderStatus,
  type VenuePosition,
} from '@ballast/domain';

/** A message of the venue that does not have the documented shape. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

/** https://bybit-exchange.github.io/docs/v5/enum#orderstatus */
const STATUS: Readonly<Record<string, VenueOrderStatus>> = {
  New: 'working',
  Created: 'working',
  Untriggered: 'working',
  Triggered: 'working',
  Active: 'working',
  PendingCancel: 'working',
  PartiallyFilled: 'partiallyFilled',
  Filled: 'filled',
  Cancelled: 'cancelled',
  PartiallyFilledCanceled: 'cancelled',
  Deactivated: 'cancelled',
  Rejected: 'rejected',
};

/** Executions that move a position; funding and the like do not. */
const POSITION_EXECUTIONS = new Set(['Trade', 'AdlTrade', 'BustTrade', 'BlockTrade']);

export function readOrder(value: unknown): OrderReport {
  const statusText = text(value, 'orderStatus');
  const status = Object.hasOwn(STATUS, statusText) ? STATUS[statusText] : undefined;
  if (status === undefined) throw new WireError(`order status "${statusText}" is not known`);
  const rejected = text(value, 'rejectReason');
  return {
    clientOrderId: text(value, 'orderLinkId'),
    venueOrderId: text(value, 'orderId'),
    instrument: linear(text(value, 'symbol')),
    status,
    side: readSide(value),
    quantity: parseQuantity(text(value, 'qty')),
    filledQuantityCum: parseQuantity(amount(value, 'cumExecQty')),
    reason: rejected === 'EC_NoError' ? '' : rejected,
    eventTime: time(value, 'updatedTime'),
  };
}

/** One execution, or null when it is of a kind that moves no position. */
export function readFill(value: unknown, account: string): Fill | null {
  const execType = text(value, 'execType');
  if (!POSITION_EXECUTIONS.has(execType)) return null;
  const quantity = parseQuantity(amount(value, 'execQty'));
  if (quantity === 0n) return null;
  return {
    venue: 'bybit',
    account,
    executionId: named(value, 'execId'),
    revision: 0,
    clientOrderId: text(value, 'orderLinkId'),
    venueOrderId: text(value, 'orderId'),
    instrument: linear(text(value, 'symbol')),
    side: readSide(value),
    price: parsePrice(text(value, 'execPrice')),
    quantity,
    fee: readFee(value),
    liquidity: field(value, 'isMaker') === true ? 'maker' : 'taker',
    eventTime: time(value, 'execTime'),
  };
}

/** Linear contracts pay fees in the settlement coin; older messages leave `feeCurrency` empty. */
function readFee(value: unknown): Money {
  const isNamed = typeof field(value, 'feeCurrency') === 'string';
  const named = isNamed ? text(value, 'feeCurrency') : '';
  const currency = named === '' ? settleCoin(text(value, 'symbol')) : named;
  return parseMoney(amount(value, 'execFee'), currency);
}

export function settleCoin(symbol: string): string {
  const known = ['USDT', 'USDC'].find((coin) => symbol.endsWith(coin));
  return known ?? 'USDT';
}

export function readPosition(value: unknown): VenuePosition {
  const size = parseSignedQuantity(amount(value, 'size'));
  const instrument = linear(text(value, 'symbol'));
  text(value, 'side');
  // A flat position has no side: '' or 'None'.
  if (size === 0n) return { instrument, quantity: size };
  const short = readSide(value) === 'sell';
  return { instrument, quantity: short ? negateQuantity(size) : size };
}

/**
 * The settlement coin's equity in a unified account, and what of it no position or order holds as
 * margin. What other coins could be borrowed against is left out: Ballast does not borrow.
 */
export function readBalance(value: unknown, coin: string): VenueBalance {
  const account = list(value, 'list')[0];
  const held = list(account, 'coin').find((entry) => text(entry, 'coin') === coin);
  if (held === undefined) throw new WireError(`wallet has no ${coin}`);
  const equity = parseMoney(amount(held, 'equity'), coin);
  const margin = ['totalPositionIM', 'totalOrderIM']
    .map((name) => parseScaled(amount(held, name)))
    .reduce((sum, one) => sum + one, 0n);
  return { currency: coin, equity, available: { ...equity, amount: equity.amount - margin } };
}

export function list(value: unknown, name: string): unknown[] {
  const inner = field(value, name);
  if (!Array.isArray(inner)) throw new WireError(`"${name}" is not a list`);
  return inner;
}

export function text(value: unknown, name: string): string {
  const inner = field(value, name);
  if (typeof inner !== 'string') throw new WireError(`"${name}" is not text`);
  // Postgres keeps neither: such a text would fail every commit that holds it.
  if (inner.includes('\0') || !inner.isWellFormed()) {
    throw new WireError(`"${name}" holds what is no character`);
  }
  return inner;
}

function named(value: unknown, name: string): string {
  const written = text(value, name);
  if (written === '') throw new WireError(`"${name}" is empty`);
  return written;
}

/** Epoch ms as digits. */
function time(value: unknown, name: string): number {
  const written = text(value, name);
  if (!/^\d{1,15}$/.test(written)) throw new WireError(`"${name}" is not a time`);
  return Number(written);
}

/** Decimal text; the venue writes '' for an amount it does not have. */
function amount(value: unknown, name: string): string {
  const written = text(value, name);
  if (written === '') return '0';
  parseScaled(written);
  return written;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function readSide(value: unknown): Side {
  const side = text(value, 'side');
  if (side === 'Buy') return 'buy';
  if (side === 'Sell') return 'sell';
  throw new WireError(`side "${side}" is not known`);
}

function linear(symbol: string): InstrumentId {
  return instrumentId('bybit', 'linear', symbol);
}
