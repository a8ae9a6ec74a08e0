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
  type VenueOrderStatus,
  type VenuePosition,
} from '@ballast/domain';
import type { Category } from './category.ts';

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

/** Of a word that we do not know, as much as is kept. */
const WORD_MAX = 64;

/**
 * https://bybit-exchange.github.io/docs/v5/enum#exectype Executions that move a position: funding
 * and the like do not, and what ends one when its contract is delisted (`Delivery`) does.
 */
const POSITION_EXECUTIONS = new Set([
  ...['Trade', 'AdlTrade', 'BustTrade', 'BlockTrade'],
  ...['Delivery', 'MovePosition', 'FutureSpread'],
]);
/** Money alone. A kind that stands in neither list may have moved the position: it is told. */
const MONEY_EXECUTIONS = new Set(['Funding', 'Settle', 'SessionSettlePnL']);

/**
 * @param category of rows that do not tell theirs: those of a listing that was asked for one
 */
export function readOrder(value: unknown, category: Category): OrderReport {
  const word = named(value, 'orderStatus');
  const status = Object.hasOwn(STATUS, word) ? STATUS[word] : undefined;
  const rejected = text(value, 'rejectReason');
  const reason = rejected === 'EC_NoError' ? '' : rejected;
  return {
    clientOrderId: text(value, 'orderLinkId'),
    venueOrderId: text(value, 'orderId'),
    instrument: instrumentOf(value, category),
    status: status ?? 'unrecognised',
    side: readSide(value),
    quantity: parseQuantity(text(value, 'qty')),
    filledQuantityCum: parseQuantity(amount(value, 'cumExecQty')),
    reason: status === undefined ? word.slice(0, WORD_MAX).toWellFormed() : reason,
    eventTime: time(value, 'updatedTime'),
  };
}

/**
 * One execution, or null when it is of a kind that moves no position.
 * @throws WireError for a kind that is not known: the venue adds new ones, and some move a position
 */
export function readFill(value: unknown, account: string, category: Category): Fill | null {
  const execType = text(value, 'execType');
  if (MONEY_EXECUTIONS.has(execType)) return null;
  if (!POSITION_EXECUTIONS.has(execType)) {
    const word = execType.slice(0, WORD_MAX).toWellFormed();
    throw new WireError(`execution of kind "${word}" is not known`);
  }
  const quantity = parseQuantity(amount(value, 'execQty'));
  if (quantity === 0n) return null;
  return {
    venue: 'bybit',
    account,
    executionId: named(value, 'execId'),
    revision: 0,
    clientOrderId: text(value, 'orderLinkId'),
    venueOrderId: text(value, 'orderId'),
    instrument: instrumentOf(value, category),
    side: readSide(value),
    price: parsePrice(text(value, 'execPrice')),
    quantity,
    fee: readFee(value, marketOf(value, category)),
    liquidity: field(value, 'isMaker') === true ? 'maker' : 'taker',
    eventTime: time(value, 'execTime'),
  };
}

/**
 * What the fee was paid in. Older messages leave `feeCurrency` empty: linear contracts pay in the
 * settlement coin, the spot market takes its fee from what was received.
 */
function readFee(value: unknown, market: string): Money {
  const isNamed = typeof field(value, 'feeCurrency') === 'string';
  const told = isNamed ? text(value, 'feeCurrency') : '';
  const symbol = text(value, 'symbol');
  const quote = settleCoin(symbol);
  const base = symbol.endsWith(quote) ? symbol.slice(0, -quote.length) : '';
  const received = market === 'spot' && readSide(value) === 'buy' ? base : quote;
  if (told === '' && received === '') throw new WireError('"feeCurrency" is empty');
  return parseMoney(amount(value, 'execFee'), told === '' ? received : told);
}

export function settleCoin(symbol: string): string {
  const known = ['USDT', 'USDC'].find((coin) => symbol.endsWith(coin));
  return known ?? 'USDT';
}

export function readPosition(value: unknown): VenuePosition {
  const size = parseSignedQuantity(amount(value, 'size'));
  const instrument = instrumentOf(value, 'linear');
  text(value, 'side');
  // A flat position has no side: '' or 'None'.
  if (size === 0n) return { instrument, quantity: size };
  const short = readSide(value) === 'sell';
  return { instrument, quantity: short ? negateQuantity(size) : size };
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
export function amount(value: unknown, name: string): string {
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

function instrumentOf(value: unknown, category: Category): InstrumentId {
  return instrumentId('bybit', marketOf(value, category), text(value, 'symbol'));
}

/** The private socket tells of every market of the account, each row with its own. */
function marketOf(value: unknown, category: Category): string {
  return field(value, 'category') === undefined ? category : named(value, 'category');
}
