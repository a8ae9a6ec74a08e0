import { addQuantity, invariant, type Quantity, ZERO_QUANTITY } from '@ballast/domain';
import { type Account, instrumentOf, positionOf, reducible } from './account.ts';
import { crosses, type Level, sweep } from './book.ts';
import { fillOrder, shareOf } from './fill.ts';
import { type EndReason, isOpen, leavesOf, type VenueEvent, type VenueOrder } from './orders.ts';

/** An order meets the displayed book: it takes what it may, and the rest stays or ends. */
export function enterBook(
  account: Account,
  order: VenueOrder,
  at: number,
  events: VenueEvent[],
): VenueOrder {
  const book = account.books.get(order.instrument);
  invariant(book !== undefined, `an order in ${order.instrument} before its first price`);
  if (order.timeInForce === 'postOnly') {
    const takes = order.price !== null && crosses(book, order.side, order.price);
    return takes ? endOrder(account, order, 'postOnlyWouldTake', at, events) : order;
  }
  const wanted = wantedOf(account, order);
  if (wanted === 0n) return endOrder(account, order, 'byReduceOnly', at, events);
  const shown = sweep(book, order.side, wanted, order.price);
  const offered = shareOf(account, order.instrument, sumOf(shown));
  const levels = sweep(book, order.side, offered, order.price);
  if (order.timeInForce === 'fok' && offered < wanted) {
    return endOrder(account, order, 'noImmediateQuantity', at, events);
  }
  let after = order;
  for (const level of levels) {
    after = fillOrder(account, after, { ...level, liquidity: 'taker' }, at, events);
  }
  book.taken[order.side] += offered;
  if (after !== order) settle(account, after, at, events);
  const rests = order.type === 'limit' && order.timeInForce === 'gtc';
  const current = account.open.get(order.id);
  if (rests || current === undefined) return after;
  const reason = order.type === 'market' ? 'noLiquidity' : 'noImmediateQuantity';
  return endOrder(account, current, reason, at, events);
}

function sumOf(levels: readonly Level[]): Quantity {
  return levels.reduce((sum, { quantity }) => addQuantity(sum, quantity), ZERO_QUANTITY);
}

/** Leaves of the order; for a reduce-only order never more than the position it may reduce. */
export function wantedOf(account: Account, order: VenueOrder): Quantity {
  const leaves = leavesOf(order);
  if (!order.reduceOnly) return leaves;
  const most = reducible(account, order);
  return most < leaves ? most : leaves;
}

/**
 * After fills: tells order, position and wallet, ends the rest of the order's group and reduce-only
 * orders that reduce nothing.
 */
export function settle(
  account: Account,
  order: VenueOrder,
  at: number,
  events: VenueEvent[],
): void {
  if (isOpen(order.status)) account.open.set(order.id, order);
  else account.open.delete(order.id);
  events.push({ kind: 'order', order });
  const position = positionOf(account, order.instrument);
  events.push({ kind: 'position', position });
  const currency = instrumentOf(account, order.instrument).quoteCurrency;
  events.push({ kind: 'wallet', currency, cash: account.cash.get(currency) ?? 0n, at });
  for (const other of account.open.values()) {
    if (order.group === undefined || other.group !== order.group || other.id === order.id) continue;
    endOrder(account, other, 'byGroup', at, events);
  }
  for (const other of account.open.values()) {
    if (other.instrument !== order.instrument || !other.reduceOnly) continue;
    if (reducible(account, other) === 0n) endOrder(account, other, 'byReduceOnly', at, events);
  }
}

/** Ends an open order; an untriggered one is `deactivated`, as the venue says. */
export function endOrder(
  account: Account,
  order: VenueOrder,
  endReason: EndReason,
  at: number,
  events: VenueEvent[],
): VenueOrder {
  const status = order.status === 'untriggered' ? 'deactivated' : 'cancelled';
  const ended: VenueOrder = { ...order, status, endReason, updatedAt: at };
  account.open.delete(order.id);
  events.push({ kind: 'order', order: ended });
  return ended;
}
