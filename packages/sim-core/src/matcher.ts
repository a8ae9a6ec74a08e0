import {
  type InstrumentId,
  invariant,
  type Price,
  type Quantity,
  ZERO_QUANTITY,
} from '@ballast/domain';
import { type Account, nextId, setMarket } from './account.ts';
import type { Book } from './book.ts';
import { endOrder, enterBook, settle, wantedOf } from './entry.ts';
import { fillOrder, shareOf } from './fill.ts';
import {
  leavesOf,
  type OrderSpec,
  type Refusal,
  type VenueEvent,
  type VenueOrder,
} from './orders.ts';
import { balanceRefusal, refusalOf, refuse, triggerRefusal, valuesRefusal } from './refusal.ts';
import type { MarketPrint } from './tick-path.ts';

export type Outcome =
  | { readonly ok: true; readonly order: VenueOrder; readonly events: readonly VenueEvent[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** Takes an order, or refuses it with nothing changed. The events tell what came of it at once. */
export function placeOrder(account: Account, spec: OrderSpec, at: number): Outcome {
  const refusal = refusalOf(account, spec);
  if (refusal !== null) return { ok: false, refusal };
  const order = newOrder(account, spec, at);
  if (spec.linkId !== '') account.linkIds.add(spec.linkId);
  account.open.set(order.id, order);
  const events: VenueEvent[] = [];
  const after = order.trigger === null ? enterBook(account, order, at, events) : order;
  if (after === order) events.push({ kind: 'order', order });
  return { ok: true, order: after, events };
}

function newOrder(account: Account, spec: OrderSpec, at: number): VenueOrder {
  return {
    ...spec,
    id: nextId(account, 'order', at),
    status: spec.trigger === null ? 'new' : 'untriggered',
    filled: ZERO_QUANTITY,
    cost: 0n,
    fees: 0n,
    endReason: '',
    createdAt: at,
    updatedAt: at,
  };
}

/**
 * Takes an order as placeOrder does, and never lets it into the book: its events tell the end.
 * A venue that checks some things only after its acknowledgement does this.
 */
export function takeAndReject(account: Account, spec: OrderSpec, at: number): Outcome {
  const refusal = refusalOf(account, spec);
  if (refusal !== null) return { ok: false, refusal };
  if (spec.linkId !== '') account.linkIds.add(spec.linkId);
  const order = newOrder(account, spec, at);
  const ended: VenueOrder = { ...order, status: 'cancelled', endReason: 'rejected' };
  return { ok: true, order, events: [{ kind: 'order', order: ended }] };
}

/** Ends an open order at the client's wish. */
export function cancelOrder(account: Account, id: string, at: number): Outcome {
  const order = account.open.get(id);
  if (order === undefined) return notFound(id);
  const events: VenueEvent[] = [];
  return { ok: true, order: endOrder(account, order, 'byUser', at, events), events };
}

export type Amendment = {
  readonly quantity?: Quantity;
  readonly price?: Price;
  readonly triggerPrice?: Price;
};

/** Changes quantity or prices of an open order; it may trade at once at its new price. */
export function amendOrder(account: Account, id: string, change: Amendment, at: number): Outcome {
  const order = account.open.get(id);
  if (order === undefined) return notFound(id);
  const trigger =
    order.trigger === null || change.triggerPrice === undefined
      ? order.trigger
      : { ...order.trigger, price: change.triggerPrice };
  const amended: VenueOrder = {
    ...order,
    quantity: change.quantity ?? order.quantity,
    price: order.type === 'limit' ? (change.price ?? order.price) : null,
    trigger,
    updatedAt: at,
  };
  const refusal = amendRefusal(account, order, amended);
  if (refusal !== null) return { ok: false, refusal };
  account.open.set(id, amended);
  const events: VenueEvent[] = [];
  const after =
    amended.status === 'untriggered' ? amended : enterBook(account, amended, at, events);
  if (after === amended) events.push({ kind: 'order', order: amended });
  return { ok: true, order: after, events };
}

function amendRefusal(account: Account, order: VenueOrder, next: VenueOrder): Refusal | null {
  const same =
    next.quantity === order.quantity &&
    next.price === order.price &&
    next.trigger?.price === order.trigger?.price;
  if (same) return refuse('NOTHING_TO_AMEND', 'order not modified');
  if (next.quantity <= order.filled) {
    return refuse('QUANTITY_BELOW_FILLED', 'quantity is not above what has filled');
  }
  const untriggered = order.status === 'untriggered';
  const faulty =
    valuesRefusal(account, next, next.quantity) ??
    (untriggered ? triggerRefusal(account, next) : null);
  if (faulty !== null || next.reduceOnly) return faulty;
  account.open.delete(order.id);
  const poor = balanceRefusal(account, next, leavesOf(next));
  account.open.set(order.id, order);
  return poor;
}

/**
 * The market moved. Triggers fire first, in the order of creation; then resting orders at or
 * better than the print share its volume, best price first, then by age.
 */
export function applyPrint(
  account: Account,
  instrument: InstrumentId,
  print: MarketPrint,
  at: number,
): readonly VenueEvent[] {
  setMarket(account, instrument, print);
  const events: VenueEvent[] = [];
  const mine = [...account.open.values()].filter((order) => order.instrument === instrument);
  const resting = mine.filter((order) => order.trigger === null || order.status !== 'untriggered');
  for (const order of mine) {
    const current = account.open.get(order.id);
    if (current?.status === 'untriggered' && hasFired(current, print.price)) {
      fire(account, current, at, events);
    }
  }
  fillResting(account, resting, print, at, events);
  return events;
}

function hasFired(order: VenueOrder, last: Price): boolean {
  invariant(order.trigger !== null, 'an untriggered order has a trigger');
  const { price, direction } = order.trigger;
  return direction === 'rise' ? last >= price : last <= price;
}

function fire(account: Account, order: VenueOrder, at: number, events: VenueEvent[]): void {
  const triggered: VenueOrder = { ...order, status: 'triggered', updatedAt: at };
  account.open.set(order.id, triggered);
  events.push({ kind: 'order', order: triggered });
  if (!order.reduceOnly && isTooPoor(account, order)) {
    endOrder(account, triggered, 'insufficientBalance', at, events);
    return;
  }
  const live: VenueOrder = { ...triggered, status: 'new' };
  account.open.set(order.id, live);
  const after = enterBook(account, live, at, events);
  if (after === live) events.push({ kind: 'order', order: live });
}

function isTooPoor(account: Account, order: VenueOrder): boolean {
  account.open.delete(order.id);
  const poor = balanceRefusal(account, order, leavesOf(order)) !== null;
  account.open.set(order.id, order);
  return poor;
}

function fillResting(
  account: Account,
  resting: readonly VenueOrder[],
  print: MarketPrint,
  at: number,
  events: VenueEvent[],
): void {
  let volume: bigint = print.size;
  const reached = resting.filter(({ side, price }) =>
    price === null ? false : side === 'buy' ? print.price <= price : print.price >= price,
  );
  for (const { id } of reached.toSorted(byPriority)) {
    const order = account.open.get(id);
    if (order === undefined || order.price === null) continue;
    const wanted = wantedOf(account, order);
    const reach = (wanted < volume ? wanted : volume) as Quantity;
    if (reach === 0n) continue;
    const quantity = shareOf(account, order.instrument, reach);
    volume -= quantity;
    const deal = { price: order.price, quantity, liquidity: 'maker' } as const;
    settle(account, fillOrder(account, order, deal, at, events), at, events);
  }
}

function byPriority(a: VenueOrder, b: VenueOrder): number {
  if (a.side !== b.side || a.price === null || b.price === null || a.price === b.price) return 0;
  const higher = a.price > b.price;
  return (a.side === 'buy') === higher ? -1 : 1;
}

function notFound(id: string): Outcome {
  return { ok: false, refusal: refuse('ORDER_NOT_FOUND', `order ${id} is not open`) };
}

/** The book of an instrument, for those who show it. */
export function bookOf(account: Account, instrument: InstrumentId): Book | undefined {
  return account.books.get(instrument);
}
