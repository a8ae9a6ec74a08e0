import {
  multiplyScaled,
  type OrderRole,
  type Price,
  type Quantity,
  roundToLot,
  subtractQuantity,
  targetsOf,
} from '@ballast/domain';
import { lastAnswer } from './last-answer.ts';
import type { Order } from './order.ts';
import { openQuantity, ordersOf, type Trade } from './trade.ts';

/**
 * A part of the position with one stop and at most one target of its own: what each target of the
 * plan is there for. `quantity` is what of it is open now.
 */
export type Slot = {
  readonly index: number;
  readonly quantity: Quantity;
  /** Null where a trailing stop takes the profit. */
  readonly target: Price | null;
};

const NONE = 0n as Quantity;

/**
 * The position by slots, those that are flat included. Entries fill the slots in the plan's order,
 * so that a partial entry serves its first target; whatever is closed by hand leaves the last slot
 * first. A pure fold of booked quantities, whose sum is the open quantity.
 */
export const slotsOf = lastAnswer((trade: Trade): readonly Slot[] => {
  const prices = targetsOf(trade.plan).map(({ price }) => price);
  const entered = filledOf(ordersOf(trade, 'entry'));
  const open = shares(trade, entered).map((share, index) => share - exitedIn(trade, index));
  settle(open, openQuantity(trade));
  return open.map((quantity, index) => {
    return { index, quantity: quantity as Quantity, target: prices[index] ?? null };
  });
});

/** Orders of a role in a slot. */
export function inSlot(trade: Trade, role: OrderRole, slot: number): Order[] {
  return ordersOf(trade, role).filter((order) => order.request.slot === slot);
}

/** Each slot's planned quantity, on the lot; the last takes what rounding leaves. */
export function capacities(trade: Pick<Trade, 'plan' | 'instrument'>): Quantity[] {
  const { quantity } = trade.plan;
  const targets = targetsOf(trade.plan);
  if (targets.length < 2) return [quantity];
  const parts = targets
    .slice(0, -1)
    .map(({ fraction }) =>
      roundToLot(
        multiplyScaled(quantity, fraction, 'floor') as Quantity,
        trade.instrument,
        'floor',
      ),
    );
  const rest = parts.reduce((left, part) => subtractQuantity(left, part), quantity);
  return [...parts, rest];
}

/** What of the entry each slot has got so far; more than was planned goes to the last one. */
function shares(trade: Trade, entered: bigint): bigint[] {
  const sizes = capacities(trade);
  let left = entered;
  return sizes.map((size, index) => {
    const isLast = index === sizes.length - 1;
    const share = isLast || left < size ? left : size;
    left -= share;
    return share;
  });
}

function exitedIn(trade: Trade, slot: number): bigint {
  return filledOf([...inSlot(trade, 'stop', slot), ...inSlot(trade, 'target', slot)]);
}

/**
 * Brings the slots to the sum that is really open: closes by hand, and exits that went beyond
 * their own slot, are taken from the last slot backwards; what no slot knows of goes to the last.
 */
function settle(open: bigint[], total: Quantity): void {
  let surplus = open.reduce((sum, quantity) => sum + (quantity > 0n ? quantity : 0n), 0n) - total;
  for (let index = open.length - 1; index >= 0; index -= 1) {
    const quantity = open[index] ?? NONE;
    const held = quantity > 0n ? quantity : 0n;
    const taken = surplus > held ? held : surplus > 0n ? surplus : 0n;
    open[index] = held - taken;
    surplus -= taken;
  }
  const last = open.length - 1;
  if (surplus < 0n) open[last] = (open[last] ?? NONE) - surplus;
}

function filledOf(orders: readonly Order[]): bigint {
  return orders.reduce((sum, order) => sum + order.filledQuantity, 0n);
}
