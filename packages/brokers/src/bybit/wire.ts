import {
  type Fill,
  instrumentId,
  type InstrumentId,
  type Money,
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
  const status = STATUS[statusText];
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
    eventTime: Number(text(value, 'updatedTime')),
  };
}

/** One execution, or null when it is of a kind that moves no position. */
export function readFill(value: unknown, account: string): Fill | null {
  const execType = text(value, 'execType');
  if (!POSITION_EXECUTIONS.has(execType)) return null;
  return {
    venue: 'bybit',
    account,
    executionId: text(value, 'execId'),
    clientOrderId: text(value, 'orderLinkId'),
    venueOrderId: text(value, 'orderId'),
    instrument: linear(text(value, 'symbol')),
    side: readSide(value),
    price: parsePrice(text(value, 'execPrice')),
    quantity: parseQuantity(text(value, 'execQty')),
    fee: readFee(value),
    liquidity: field(value, 'isMaker') === true ? 'maker' : 'taker',
    eventTime: Number(text(value, 'execTime')),
  };
}

/** Linear contracts pay fees in the settlement coin; older messages leave `feeCurrency` empty. */
function readFee(value: unknown): Money {
  const named = field(value, 'feeCurrency');
  const currency =
    typeof named === 'string' && named !== '' ? named : settleCoin(text(value, 'symbol'));
  return parseMoney(amount(value, 'execFee'), currency);
}

export function settleCoin(symbol: string): string {
  const known = ['USDT', 'USDC'].find((coin) => symbol.endsWith(coin));
  return known ?? 'USDT';
}

export function readPosition(value: unknown): VenuePosition {
  const size = parseSignedQuantity(amount(value, 'size'));
  const side = text(value, 'side');
  const quantity = side === 'Sell' ? parseSignedQuantity(`-${amount(value, 'size')}`) : size;
  return { instrument: linear(text(value, 'symbol')), quantity: size === 0n ? size : quantity };
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
  if (typeof inner === 'string') return inner;
  throw new WireError(`"${name}" is not text`);
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
