import {
  addQuantity,
  invariant,
  LEGS_MAX,
  type OrderRole,
  type Price,
  type Quantity,
} from '@ballast/domain';
import { failedOf, isRefused, notBefore } from './exit-pause.ts';
import { partOf } from './exit-size.ts';
import { lastAnswer } from './last-answer.ts';
import { isLive, leavesQuantity, type Order, unbookedQuantity } from './order.ts';
import { inSlot, type Slot, slotsOf } from './slots.ts';
import { isFrozen, openQuantity, ordersOf, type Trade } from './trade.ts';

/**
 * An exit that should exist and does not: the size of its next order, and the first moment
 * (epoch ms) it may be sent.
 */
export type ExitNeed = {
  readonly role: OrderRole;
  readonly slot: number;
  readonly quantity: Quantity;
  readonly notBefore: number;
};

/** Revisions of one id: every client order id that a role has in a slot. */
const REVISIONS_MAX = 1_296;

/**
 * Stops of a trade at one level. ByBit takes ten conditional orders in a contract, IBKR twenty on
 * one side, and one more is refused, which would close the trade; there is room for a few that
 * replace others at a new level.
 */
const STOPS_MAX = 6;

/**
 * Every exit that is missing now. None while the trade is frozen, and none of a kind while the
 * fate of another of that kind is not known: it may be the one that is missing.
 */
export const exitNeeds = lastAnswer((trade: Trade): readonly ExitNeed[] => {
  if (isFrozen(trade) || openQuantity(trade) === 0n) return [];
  const close = closeNeed(trade);
  if (trade.closing !== null) return close === null ? [] : [close];
  const slots = slotsOf(trade).flatMap((slot) =>
    (['stop', 'target'] as const).flatMap((role) => slotNeed(trade, slot, role) ?? []),
  );
  return close === null ? slots : [...slots, close];
});

/**
 * May one more order of this kind be sent at all? A close goes on, since nothing else can end the
 * position; a stop or target that ended badly as often as there are legs is given up.
 */
export function hasAttemptLeft(trade: Trade, { role, slot }: Pick<ExitNeed, 'role' | 'slot'>) {
  if (role === 'close') return ordersOf(trade, role).length < LEGS_MAX * REVISIONS_MAX;
  const orders = inSlot(trade, role, slot);
  return orders.length < REVISIONS_MAX && failedOf(orders).length < LEGS_MAX;
}

/** Would this order, sent again, still be an exit that is missing? */
export function isStillNeeded(trade: Trade, order: Order): boolean {
  const { [order.request.clientOrderId]: _gone, ...orders } = trade.orders;
  const { role, slot, quantity } = order.request;
  const need = exitNeeds({ ...trade, orders }).find(
    (other) => other.role === role && other.slot === slot,
  );
  return need !== undefined && quantity <= need.quantity && isAtLevel(trade, order);
}

/** Working exits that should not be: each is to be cancelled. */
export function surplusExits(trade: Trade): readonly Order[] {
  const exits = Object.values(trade.orders).filter(
    (order) => order.request.role !== 'entry' && order.phase.status === 'working',
  );
  const clips = trade.capabilities.exits === 'reduceOnly';
  if (openQuantity(trade) === 0n) return exits;
  // What would take its place may not be sent: it would leave the position bare.
  if (isFrozen(trade)) return clips ? [] : exceeding(trade, exits);
  const slots = slotsOf(trade);
  const replaced = clips ? replacedStops(trade, slots) : null;
  return exits.filter((order) => {
    const { role, slot: index } = order.request;
    if (role === 'close') return false;
    // A closing trade keeps the stops it has until it is flat, where they cannot do harm.
    if (trade.closing !== null) return role === 'target' || !clips;
    const slot = slots[index];
    invariant(slot !== undefined, `order ${order.request.clientOrderId} has no slot`);
    if (slot.quantity === 0n || !wantedIn(trade, slot).includes(role)) return true;
    if (!isAtLevel(trade, order)) return replaced === null || replaced.has(order);
    if (role === 'stop' && order === makingRoom(trade, slot)) return true;
    // Where the venue clips exits, too large a stop does no harm and its gap would.
    if (clips && role === 'stop') return false;
    return clips
      ? leavesQuantity(order) > slot.quantity
      : occupied(trade, slot) > claimable(trade, slot);
  });
}

/** The newest of these exits, as many as it takes for all of them not to exceed the position. */
function exceeding(trade: Trade, exits: readonly Order[]): readonly Order[] {
  const going = exitsAndCloses(trade).filter(({ phase }) => phase.status === 'cancelling');
  let over = -freeOf(trade) - liveQuantity(going);
  return exits.toReversed().filter((order) => {
    const isOver = over > 0n;
    over -= leavesQuantity(order);
    return isOver;
  });
}

/** The roles that a slot wants at the venue now. */
function wantedIn(trade: Trade, slot: Slot): readonly OrderRole[] {
  const refused = inSlot(trade, 'target', slot.index).some(isRefused);
  if (slot.target === null || refused) return ['stop'];
  if (trade.capabilities.exits === 'reduceOnly') return ['stop', 'target'];
  const taking = trade.taking.some((taken) => taken.slot === slot.index && !taken.over);
  return taking ? ['target'] : ['stop'];
}

function slotNeed(trade: Trade, slot: Slot, role: 'stop' | 'target'): ExitNeed | null {
  if (slot.quantity === 0n || !wantedIn(trade, slot).includes(role)) return null;
  const quantity = missingIn(trade, slot, role);
  if (quantity === null || (role === 'stop' && stopsIn(trade, slot).length >= mostIn(trade))) {
    return null;
  }
  const others = inSlot(trade, role, slot.index);
  const part = partOf(quantity, trade.instrument);
  return { role, slot: slot.index, quantity: part, notBefore: notBefore(others, trade.instrument) };
}

/** What an exit of this role is missing for; null while it has to wait. */
function missingIn(trade: Trade, slot: Slot, role: 'stop' | 'target'): Quantity | null {
  const others = inSlot(trade, role, slot.index);
  const rivals =
    trade.capabilities.exits === 'reduceOnly'
      ? others
      : [...others, ...rivalsOf(trade, slot, role)];
  if (rivals.some(isUnsure)) return null;
  const quantity = uncovered(trade, slot, role);
  // Protection below the venue's least quantity waits for more.
  return quantity <= 0n || quantity < trade.instrument.minQuantity ? null : quantity;
}

/** The smallest of as many stops as a slot may have: one for it and for what is missing follows. */
function makingRoom(trade: Trade, slot: Slot): Order | null {
  const stops = stopsIn(trade, slot);
  const isFull = stops.length >= mostIn(trade);
  if (!isFull || stops.some(({ phase }) => phase.status !== 'working')) return null;
  const missing = missingIn(trade, slot, 'stop');
  if (missing === null) return null;
  const least = stops.reduce((a, b) => (leavesQuantity(b) < leavesQuantity(a) ? b : a));
  const leaves = leavesQuantity(least);
  // One that is no larger would have to make room again, and so on without end.
  return partOf(addQuantity(leaves, missing), trade.instrument) > leaves ? least : null;
}

function stopsIn(trade: Trade, slot: Slot): Order[] {
  return inSlot(trade, 'stop', slot.index).filter(
    (order) => isLive(order) && isAtLevel(trade, order),
  );
}

function mostIn(trade: Trade): number {
  return Math.max(1, Math.floor(STOPS_MAX / slotsOf(trade).length));
}

/**
 * What of a slot, and of the whole position, an exit of this role may still take. The slots'
 * shares move when something is closed by hand, so that one slot alone does not tell.
 */
function uncovered(trade: Trade, slot: Slot, role: 'stop' | 'target'): Quantity {
  const open = openQuantity(trade);
  if (trade.capabilities.exits !== 'reduceOnly') {
    return smaller(claimable(trade, slot) - occupied(trade, slot), freeOf(trade));
  }
  const all = ordersOf(trade, role).filter((order) => isAtLevel(trade, order));
  const own = all.filter((order) => order.request.slot === slot.index);
  const inThis = liveQuantity(own) + leaving(trade, slot.index, (order) => own.includes(order));
  const inAll = liveQuantity(all) + leaving(trade, null, (order) => all.includes(order));
  return smaller(claimable(trade, slot) - inThis, open - inAll);
}

/** What of the position no exit holds, where they must not exceed it; below 0 when they do. */
function freeOf(trade: Trade): bigint {
  const live = exitsAndCloses(trade).filter(isLive);
  const coming = leaving(trade, null, (order) => live.includes(order));
  return openQuantity(trade) - liveQuantity(live) - coming;
}

/** What of a slot its exits hold, where they must not exceed it together. */
function occupied(trade: Trade, slot: Slot): bigint {
  const own = [...inSlot(trade, 'stop', slot.index), ...inSlot(trade, 'target', slot.index)];
  return liveQuantity(own) + unbookedIn(own.filter((order) => !isLive(order)));
}

/**
 * What of a slot its exits may hold: not what has been closed by hand and is not booked yet, nor,
 * where the venue does not clip exits, what is about to be.
 */
function claimable(trade: Trade, slot: Slot): bigint {
  const clips = trade.capabilities.exits === 'reduceOnly';
  const leavingByHand = unbookedIn(ordersOf(trade, 'close'));
  const wanted = clips ? 0n : wantedByHand(trade);
  let claimed = wanted > leavingByHand ? wanted : leavingByHand;
  for (const { index, quantity } of slotsOf(trade).toReversed()) {
    const taken = claimed > quantity ? quantity : claimed;
    if (index === slot.index) return quantity - taken;
    claimed = (claimed - taken) as Quantity;
  }
  return slot.quantity;
}

/** What should be closed at market: all of a closing trade, else what was asked for and is left. */
function closeNeed(trade: Trade): ExitNeed | null {
  const closes = ordersOf(trade, 'close');
  const stops = trade.capabilities.exits === 'reduceOnly' ? [] : exitsOf(trade);
  if (closes.some(isUnsure) || stops.some(isUnsure)) return null;
  const held = liveQuantity(closes);
  const open = openQuantity(trade);
  // A close that has ended without its fill has closed that all the same: not once more.
  const gone = unbookedIn(closes.filter((order) => !isLive(order)));
  const wanted = (trade.closing === null ? wantedByHand(trade) - gone : open) - held;
  const holding = [...closes, ...stops];
  const coming = leaving(trade, null, (order) => holding.includes(order));
  const free = open - liveQuantity(holding) - coming;
  const quantity = smaller(wanted, free);
  if (quantity <= 0n) return null;
  const part = partOf(quantity, trade.instrument);
  return { role: 'close', slot: 0, quantity: part, notBefore: notBefore(closes, trade.instrument) };
}

/** Asked to be closed by hand and not yet closed. */
export function wantedByHand(trade: Trade): Quantity {
  const closed = ordersOf(trade, 'close').reduce((sum, order) => sum + order.filledQuantity, 0n);
  const left = trade.scaleOutCum - closed;
  const open = openQuantity(trade);
  return (left < 0n ? 0n : left < open ? left : open) as Quantity;
}

/**
 * Reported as exited but not booked, of one slot's own exits, or of all exits and closes. Those
 * that `counted` names hold it in their leaves already.
 */
function leaving(trade: Trade, slot: number | null, counted: (order: Order) => boolean): bigint {
  const exits = (slot === null ? exitsAndCloses(trade) : exitsOf(trade))
    .filter((order) => slot === null || order.request.slot === slot)
    .filter((order) => !(isLive(order) && counted(order)));
  return unbookedIn(exits);
}

function unbookedIn(orders: readonly Order[]): bigint {
  return orders.reduce((sum, order) => sum + unbookedQuantity(order), 0n);
}

/** A stop that is not where the stops belong now is one to replace. */
function isAtLevel(trade: Trade, { request }: Order): boolean {
  return request.role !== 'stop' || triggerOf(request.kind) === trade.stopLevel;
}

function triggerOf(kind: Order['request']['kind']): Price | null {
  return kind.type === 'stop' ? kind.triggerPrice : null;
}

/**
 * Stops at a level of before that the others make up for, the oldest first: a level that moves on
 * before its stops have been taken, or pieces that arrive meanwhile, pile up no more of them.
 */
function replacedStops(trade: Trade, slots: readonly Slot[]): ReadonlySet<Order> {
  const working = ordersOf(trade, 'stop').filter(({ phase }) => phase.status === 'working');
  const spareIn = slots.map(({ index, quantity }) => {
    const own = working.filter(({ request }) => request.slot === index);
    return liveQuantity(own) - quantity;
  });
  let spare = liveQuantity(working) - openQuantity(trade);
  const replaced = working.filter((order) => {
    const { slot } = order.request;
    const leaves = leavesQuantity(order);
    if (isAtLevel(trade, order) || leaves > spare || leaves > (spareIn[slot] ?? 0n)) return false;
    spare -= leaves;
    spareIn[slot] = (spareIn[slot] ?? 0n) - leaves;
    return true;
  });
  return new Set(replaced);
}

export function isUnsure(order: Order): boolean {
  return order.phase.status === 'submitting' || order.phase.status === 'unknown';
}

/** The exits of a slot with which an order of this role must share it. */
function rivalsOf(trade: Trade, slot: Slot, role: 'stop' | 'target'): Order[] {
  const other = role === 'stop' ? 'target' : 'stop';
  return [...inSlot(trade, other, slot.index), ...ordersOf(trade, 'close')].filter(isLive);
}

function exitsOf(trade: Trade): readonly Order[] {
  return [...ordersOf(trade, 'stop'), ...ordersOf(trade, 'target')];
}

function exitsAndCloses(trade: Trade): readonly Order[] {
  return [...exitsOf(trade), ...ordersOf(trade, 'close')];
}

/** What may still trade of these orders. */
export function liveQuantity(orders: readonly Order[]): Quantity {
  return orders
    .filter(isLive)
    .reduce((sum, order) => (sum + leavesQuantity(order)) as Quantity, 0n as Quantity);
}

function smaller(a: bigint, b: bigint): Quantity {
  return (a < b ? a : b) as Quantity;
}
