import {
  instrumentId,
  type InstrumentId,
  type Money,
  type OrderReport,
  parseMoney,
  parsePrice,
  parseQuantity,
  parseSignedQuantity,
  type Price,
  type Quantity,
  type Side,
  type VenueOrderStatus,
  type VenuePosition,
} from '@ballast/domain';
import { executionTime } from './execution-time.ts';

/** A message of the venue that does not have the documented shape. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

/**
 * https://interactivebrokers.github.io/tws-api/order_submission.html `Inactive` is not here: the
 * order was refused, or it is held back and may work again.
 */
const STATUS: Readonly<Record<string, VenueOrderStatus>> = {
  ApiPending: 'working',
  PendingSubmit: 'working',
  PreSubmitted: 'working',
  Submitted: 'working',
  PendingCancel: 'working',
  Filled: 'filled',
  Cancelled: 'cancelled',
  ApiCancelled: 'cancelled',
};

/** The status in our words; `raw` for one that we do not know. */
export function statusOf(
  word: string,
  filled: Quantity,
): { readonly status: VenueOrderStatus; readonly raw: string } {
  const known = Object.hasOwn(STATUS, word) ? STATUS[word] : undefined;
  if (known === undefined) return { status: 'unrecognised', raw: word.slice(0, 64) };
  if (filled === 0n) return { status: known, raw: '' };
  return { status: known === 'working' ? 'partiallyFilled' : known, raw: '' };
}

/**
 * The status of an order that the venue lists as ended, or has refused by its code: there `Inactive`
 * is an end. What has traded was not refused.
 */
export function endStatusOf(word: string, filled: Quantity): ReturnType<typeof statusOf> {
  if (word !== 'Inactive') return statusOf(word, filled);
  return { status: filled === 0n ? 'rejected' : 'cancelled', raw: '' };
}

/** What stays the same of an order, from whichever message shows it. */
export type KnownOrder = Pick<OrderReport, 'clientOrderId' | 'instrument' | 'side' | 'quantity'>;

/** An order message: `openOrder` or `completedOrder`. */
export function readOrder(
  contract: object,
  order: object,
): KnownOrder & { readonly permId: number; readonly clientId: number; readonly account: string } {
  return {
    clientOrderId: optionalText(order, 'orderRef'),
    instrument: readInstrument(contract),
    side: readSide(text(order, 'action')),
    quantity: parseQuantity(amount(order, 'totalQuantity')),
    permId: whole(order, 'permId'),
    clientId: field(order, 'clientId') === undefined ? -1 : whole(order, 'clientId'),
    account: optionalText(order, 'account'),
  };
}

/** One execution as the venue shows it, before its commission is known. */
export type Execution = {
  /** Without the number of the correction. */
  readonly executionId: string;
  /** 1 for the execution as first told. */
  readonly correction: number;
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly orderId: number;
  readonly clientId: number;
  readonly account: string;
  readonly instrument: InstrumentId;
  readonly currency: string;
  readonly side: Side;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly liquidity: 'maker' | 'taker';
  readonly eventTime: number;
};

/** @param timeZone of TWS, for times that are written without one */
export function readExecution(contract: object, execution: object, timeZone: string): Execution {
  return {
    ...splitExecutionId(text(execution, 'execId')),
    clientOrderId: optionalText(execution, 'orderRef'),
    venueOrderId: String(whole(execution, 'permId')),
    orderId: whole(execution, 'orderId'),
    clientId: whole(execution, 'clientId'),
    account: optionalText(execution, 'acctNumber'),
    instrument: readInstrument(contract),
    currency: text(contract, 'currency'),
    side: readSide(text(execution, 'side')),
    price: parsePrice(amount(execution, 'price')),
    quantity: parseQuantity(amount(execution, 'shares')),
    // 1 added liquidity, 2 took it, 3 was routed on; 0 is not told.
    liquidity: field(execution, 'lastLiquidity') === 1 ? 'maker' : 'taker',
    eventTime: executionTime(text(execution, 'time'), timeZone),
  };
}

/** `0000e0d5.6568c5a7.01.01`: the part behind the last dot counts corrections. */
export function splitExecutionId(id: string): {
  readonly executionId: string;
  readonly correction: number;
} {
  if (id === '') throw new WireError('an execution without an id');
  const match = /^(.+)\.(\d{2})$/.exec(id);
  if (match === null) return { executionId: id, correction: 1 };
  const [, executionId = id, number = '1'] = match;
  return { executionId, correction: Math.max(1, Number(number)) };
}

/** The commission of one execution; null when the venue has none to tell yet. */
export function readCommission(
  report: object,
): { readonly id: string; readonly fee: Money } | null {
  if (field(report, 'commission') === undefined) return null;
  const fee = parseMoney(amount(report, 'commission'), text(report, 'currency'));
  return { id: text(report, 'execId'), fee };
}

export function readPosition(contract: object, position: unknown): VenuePosition {
  const quantity = parseSignedQuantity(amount({ position }, 'position'));
  return { instrument: readInstrument(contract), quantity };
}

/**
 * Stocks in dollars are what Ballast trades here. Anything else gets an id too, so that it is shown
 * and not taken for nothing.
 */
export function readInstrument(contract: object): InstrumentId {
  const secType = text(contract, 'secType');
  const currency = text(contract, 'currency');
  const isStock = secType === 'STK';
  const local = isStock ? '' : optionalText(contract, 'localSymbol');
  const symbol = local === '' ? text(contract, 'symbol') : local;
  const written = currency === 'USD' ? symbol : `${symbol}_${currency}`;
  // Classes of shares are written with a blank: BRK B.
  const plain = written.trim().toUpperCase().replaceAll(/\s+/g, '.');
  const fit = plain.replaceAll(/[^A-Z0-9._-]/g, '-').slice(0, 32);
  return instrumentId('ibkr', isStock ? 'stock' : secType.toLowerCase(), fit);
}

/** A filled quantity, which the venue leaves out where it has none. */
export function filledOf(value: unknown): Quantity {
  return parseQuantity(value === undefined ? '0' : amount({ filled: value }, 'filled'));
}

/**
 * The SDK makes floats of the venue's decimal text. The shortest text that gives the same float is
 * the venue's own for up to 15 digits, which is more than prices and sizes have.
 */
function amount(holder: object, name: string): string {
  const value = field(holder, name);
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new WireError(`"${name}" is not a number`);
  }
  const written = String(value);
  const places = written.includes('.') ? written.length - written.indexOf('.') - 1 : 0;
  return /e/.test(written) || places > 18 ? value.toFixed(18) : written;
}

function readSide(word: string): Side {
  if (word === 'BUY' || word === 'BOT') return 'buy';
  if (word === 'SELL' || word === 'SLD' || word === 'SSHORT') return 'sell';
  throw new WireError(`side "${word.slice(0, 20)}" is not known`);
}

function whole(holder: object, name: string): number {
  const value = field(holder, name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new WireError(`"${name}" is not a whole number`);
  }
  return value;
}

function text(holder: object, name: string): string {
  const value = optionalText(holder, name);
  if (value === '') throw new WireError(`"${name}" is empty`);
  return value;
}

function optionalText(holder: object, name: string): string {
  const value = field(holder, name) ?? '';
  if (typeof value !== 'string') throw new WireError(`"${name}" is not text`);
  // Postgres keeps neither: such a text would fail every commit that holds it.
  if (value.includes('\0') || !value.isWellFormed()) {
    throw new WireError(`"${name}" holds what is no character`);
  }
  return value;
}

function field(holder: object, name: string): unknown {
  return Reflect.get(holder, name);
}
