import { isOnLot, isOnTick, multiplyScaled, type Price, type Quantity } from '@ballast/domain';
import { type Account, orderMarginOf, reducible, show, walletOf } from './account.ts';
import { LIMIT_TO_MARKET, type OrderSpec, type Refusal, type RefusalCode } from './orders.ts';

/** Open orders an account may have, as on the venue. */
const OPEN_ORDERS_MAX = 500;
/** Orders of one instrument that may wait for their trigger, as on ByBit. */
const WAITING_MAX = 10;
const LINK_ID = /^[A-Za-z0-9_-]{0,36}$/;

/** Why the venue does not take this order, or null. Each check stands in the venue's own order. */
export function refusalOf(account: Account, spec: OrderSpec): Refusal | null {
  if (!LINK_ID.test(spec.linkId)) {
    return refuse('LINK_ID_MALFORMED', 'orderLinkId: at most 36 of letters, digits, - and _');
  }
  if (spec.linkId !== '' && account.linkIds.has(spec.linkId)) {
    return refuse('DUPLICATE_LINK_ID', `orderLinkId ${spec.linkId} was used before`);
  }
  if (account.open.size >= OPEN_ORDERS_MAX) {
    return refuse('TOO_MANY_ORDERS', `${OPEN_ORDERS_MAX} orders are open`);
  }
  return (
    valuesRefusal(account, spec, spec.quantity) ??
    waitingRefusal(account, spec) ??
    triggerRefusal(account, spec) ??
    exposureRefusal(account, spec)
  );
}

function waitingRefusal(account: Account, { trigger, instrument }: OrderSpec): Refusal | null {
  if (trigger === null) return null;
  const waiting = [...account.open.values()].filter(
    (order) => order.status === 'untriggered' && order.instrument === instrument,
  );
  if (waiting.length < WAITING_MAX) return null;
  return refuse('TOO_MANY_WAITING', `${WAITING_MAX} orders wait for their trigger`);
}

/** Tick, lot and limits of price, trigger price and quantity. */
export function valuesRefusal(
  account: Account,
  spec: OrderSpec,
  quantity: Quantity,
): Refusal | null {
  const instrument = account.instruments.get(spec.instrument);
  if (instrument === undefined) {
    return refuse('UNKNOWN_INSTRUMENT', `symbol ${spec.instrument} is not traded here`);
  }
  if (spec.type === 'limit' && spec.price === null) {
    return refuse('PRICE_MISSING', 'a limit order needs a price');
  }
  for (const price of [spec.price, spec.trigger?.price]) {
    if (price !== null && price !== undefined && !isOnTick(price, instrument)) {
      return refuse('OFF_TICK', `${show(price)} is no multiple of ${show(instrument.tickSize)}`);
    }
  }
  if (quantity < instrument.minQuantity) {
    const least = show(instrument.minQuantity);
    return refuse('BELOW_MIN_QUANTITY', `${show(quantity)} is below the least quantity ${least}`);
  }
  if (!isOnLot(quantity, instrument)) {
    return refuse('OFF_LOT', `${show(quantity)} is no multiple of ${show(instrument.lotSize)}`);
  }
  const most = instrument.maxQuantity * (spec.type === 'limit' ? LIMIT_TO_MARKET : 1n);
  if (quantity > most) {
    return refuse('ABOVE_MAX_QUANTITY', `${show(quantity)} is above ${show(most)}`);
  }
  const price = referencePrice(account, spec);
  if (price === null) return refuse('NO_MARKET', `${spec.instrument} has no price yet`);
  const value = multiplyScaled(price, quantity, 'halfEven');
  if (!spec.reduceOnly && value < instrument.minNotional) {
    const least = show(instrument.minNotional);
    return refuse('BELOW_MIN_NOTIONAL', `order value ${show(value)} is below ${least}`);
  }
  return null;
}

export function triggerRefusal(account: Account, spec: OrderSpec): Refusal | null {
  if (spec.trigger === null) return null;
  const last = account.books.get(spec.instrument)?.print.price;
  if (last === undefined) return refuse('NO_MARKET', `${spec.instrument} has no price yet`);
  const { price, direction } = spec.trigger;
  const waits = direction === 'rise' ? price > last : price < last;
  if (waits) return null;
  const told = `expect ${direction}, but trigger price ${show(price)} against last ${show(last)}`;
  return refuse('TRIGGER_WRONG_SIDE', told);
}

function exposureRefusal(account: Account, spec: OrderSpec): Refusal | null {
  if (spec.reduceOnly) {
    if (reducible(account, spec) > 0n) return null;
    return refuse('NO_POSITION_TO_REDUCE', `no position in ${spec.instrument} to reduce`);
  }
  return balanceRefusal(account, spec, spec.quantity);
}

/** Margin and entry fee against what is free. */
export function balanceRefusal(
  account: Account,
  spec: OrderSpec,
  quantity: Quantity,
): Refusal | null {
  const instrument = account.instruments.get(spec.instrument);
  const price = referencePrice(account, spec);
  if (instrument === undefined || price === null) return refuse('NO_MARKET', 'no price yet');
  const margin = orderMarginOf(account, spec, quantity);
  if (margin === 0n) return null;
  const fee = multiplyScaled(
    multiplyScaled(price, quantity, 'ceil'),
    account.feeRates.taker,
    'ceil',
  );
  const { available } = walletOf(account, instrument.quoteCurrency);
  if (margin + fee <= available) return null;
  const need = `${show(margin + fee)} ${instrument.quoteCurrency}`;
  return refuse('INSUFFICIENT_BALANCE', `needs ${need}, available ${show(available)}`);
}

export function refuse(code: RefusalCode, message: string): Refusal {
  return { code, message };
}

function referencePrice(account: Account, spec: OrderSpec): Price | null {
  const last = account.books.get(spec.instrument)?.print.price;
  return spec.price ?? spec.trigger?.price ?? last ?? null;
}
