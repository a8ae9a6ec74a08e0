import {
  absoluteQuantity,
  type Fill,
  type InstrumentId,
  negateQuantity,
  type OrderReport,
  parseMoney,
  parsePrice,
  parseQuantity,
  parseSignedQuantity,
  type Side,
  type VenueBalance,
  type VenueOrderStatus,
  type VenuePosition,
  zeroMoney,
} from '@ballast/domain';
import { shown } from './errors.ts';
import { named, optionalText, text, time, WireError } from './fields.ts';
import { quoteCurrencyOf, readInstrument } from './symbols.ts';

/**
 * https://docs.alpaca.markets/docs/orders-at-alpaca#order-lifecycle A replaced order can no longer
 * trade: its successor is another order with an id of its own. The words for a day that is over or
 * a halt end nothing, because such an order can trade again.
 */
const STATUS: Readonly<Record<string, VenueOrderStatus>> = {
  new: 'working',
  accepted: 'working',
  pending_new: 'working',
  accepted_for_bidding: 'working',
  held: 'working',
  stopped: 'working',
  done_for_day: 'working',
  suspended: 'working',
  pending_cancel: 'working',
  pending_replace: 'working',
  partially_filled: 'partiallyFilled',
  filled: 'filled',
  canceled: 'cancelled',
  replaced: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
};

export function readOrder(value: unknown): OrderReport {
  const word = named(value, 'status');
  const quantity = parseQuantity(text(value, 'qty'));
  const filledQuantityCum = parseQuantity(text(value, 'filled_qty'));
  const [status, reason] = readStatus(value, word, filledQuantityCum >= quantity);
  return {
    clientOrderId: text(value, 'client_order_id'),
    venueOrderId: named(value, 'id'),
    instrument: readOrderInstrument(value),
    status,
    side: readSide(value),
    quantity,
    filledQuantityCum,
    reason,
    eventTime: time(value, 'updated_at'),
  };
}

function readStatus(value: unknown, word: string, full: boolean): [VenueOrderStatus, string] {
  // The day's fills are being settled: the order itself may be done or not.
  if (word === 'calculated') return [full ? 'filled' : 'working', ''];
  const status = Object.hasOwn(STATUS, word) ? STATUS[word] : undefined;
  if (status === undefined) return ['unrecognised', shown(word)];
  if (word !== 'replaced') return [status, ''];
  return [status, `replaced by ${optionalText(value, 'replaced_by')}`];
}

export function readOrderInstrument(value: unknown): InstrumentId {
  return readInstrument(named(value, 'asset_class'), named(value, 'symbol'));
}

/**
 * An execution as one message of the stream has it; its revision is not known here.
 * @param update the data of a `trade_updates` message that brings an execution
 */
export function readStreamFill(update: unknown, order: unknown, account: string): Fill {
  const instrument = readOrderInstrument(order);
  return {
    ...unpriced(account, instrument),
    executionId: named(update, 'execution_id'),
    clientOrderId: text(order, 'client_order_id'),
    venueOrderId: named(order, 'id'),
    side: readSide(order),
    price: parsePrice(text(update, 'price')),
    quantity: parseQuantity(text(update, 'qty')),
    eventTime: time(update, 'timestamp'),
  };
}

/** What an activity does not tell of its order. */
export type OrderOfFill = {
  readonly clientOrderId: string;
  readonly instrument: InstrumentId;
};

/** An execution as the listing of activities has it; its revision is not known here. */
export function readActivity(row: unknown, order: OrderOfFill, account: string): Fill {
  // `20260102153000000::<execution id>`: time first, so that activities sort by it.
  const [, executionId] = /^\d+::(.+)$/.exec(named(row, 'id')) ?? [];
  if (executionId === undefined) throw new WireError('"id" names no execution');
  const symbol = named(row, 'symbol').replace('/', '');
  if (!order.instrument.endsWith(`:${symbol}`)) {
    throw new WireError('the order is in another instrument');
  }
  return {
    ...unpriced(account, order.instrument),
    executionId,
    clientOrderId: order.clientOrderId,
    venueOrderId: named(row, 'order_id'),
    side: readSide(row),
    price: parsePrice(text(row, 'price')),
    quantity: parseQuantity(text(row, 'qty')),
    eventTime: time(row, 'transaction_time'),
  };
}

/**
 * The venue tells neither fee nor liquidity with an execution: regulatory fees and those of crypto
 * come once a day, for the account.
 */
function unpriced(
  account: string,
  instrument: InstrumentId,
): Pick<Fill, 'venue' | 'account' | 'instrument' | 'revision' | 'fee' | 'liquidity'> {
  const fee = zeroMoney(quoteCurrencyOf(instrument));
  return { venue: 'alpaca', account, instrument, revision: 0, fee, liquidity: 'taker' };
}

/** The size of a short is told negative; some of the venue's examples have it positive. */
export function readPosition(value: unknown): VenuePosition {
  const told = parseSignedQuantity(text(value, 'qty'));
  const side = text(value, 'side');
  if (side !== 'long' && side !== 'short') {
    throw new WireError(`position side "${side}" is not known`);
  }
  if (side === 'long' && told < 0n) throw new WireError('a long position with a negative size');
  const size = absoluteQuantity(told);
  const quantity = side === 'short' ? negateQuantity(size) : size;
  return { instrument: readOrderInstrument(value), quantity };
}

/** Available is what can be bought without borrowing: Ballast does not borrow. */
export function readBalance(value: unknown): VenueBalance {
  const currency = named(value, 'currency');
  const equity = parseMoney(text(value, 'equity'), currency);
  const available = parseMoney(text(value, 'non_marginable_buying_power'), currency);
  return { currency, equity, available };
}

function readSide(value: unknown): Side {
  const side = text(value, 'side');
  if (side === 'buy') return 'buy';
  // Activities name a sale that opens a short by itself.
  if (side === 'sell' || side === 'sell_short') return 'sell';
  throw new WireError(`side "${side}" is not known`);
}
