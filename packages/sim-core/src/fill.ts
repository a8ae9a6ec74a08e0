import {
  absoluteQuantity,
  divide,
  type InstrumentId,
  invariant,
  multiplyScaled,
  type Price,
  type Quantity,
} from '@ballast/domain';
import { type Account, instrumentOf, nextId, positionOf } from './account.ts';
import { leavesOf, type Position, type VenueEvent, type VenueOrder } from './orders.ts';

/** Books one execution: order, position and cash change together. Returns the order after it. */
export function fillOrder(
  account: Account,
  order: VenueOrder,
  deal: {
    readonly price: Price;
    readonly quantity: Quantity;
    readonly liquidity: 'maker' | 'taker';
  },
  at: number,
  events: VenueEvent[],
): VenueOrder {
  const { price, quantity, liquidity } = deal;
  invariant(quantity > 0n && quantity <= leavesOf(order), `fill of ${quantity} beyond the order`);
  const value = multiplyScaled(price, quantity, 'halfEven');
  const feeRate = account.feeRates[liquidity];
  const fee = feeAt(account, value, liquidity) + commissionOf(account, order, deal);
  const before = positionOf(account, order.instrument);
  const moved = movePosition(before, order, price, quantity, at);
  const position = { ...moved.position, feesCum: before.feesCum + fee };
  account.positions.set(order.instrument, position);
  const currency = instrumentOf(account, order.instrument).quoteCurrency;
  account.cash.set(currency, (account.cash.get(currency) ?? 0n) + moved.realised - fee);
  const filled = (order.filled + quantity) as Quantity;
  const after: VenueOrder = {
    ...order,
    filled,
    cost: order.cost + value,
    fees: order.fees + fee,
    status: filled === order.quantity ? 'filled' : 'partiallyFilled',
    updatedAt: at,
  };
  events.push({
    kind: 'execution',
    execution: {
      id: nextId(account, 'execution', at),
      sequence: account.sequence,
      orderId: order.id,
      linkId: order.linkId,
      instrument: order.instrument,
      side: order.side,
      price,
      quantity,
      fee,
      feeRate,
      liquidity,
      closedQuantity: moved.closed,
      orderType: order.type,
      orderPrice: order.price,
      orderQuantity: order.quantity,
      leaves: leavesOf(after),
      reduceOnly: order.reduceOnly,
      at,
    },
  });
  return after;
}

/** The share of an execution's value that it costs; commissions come on top. */
export function feeAt(
  { feeRates }: Pick<Account, 'feeRates'>,
  value: bigint,
  liquidity: 'maker' | 'taker',
): bigint {
  return multiplyScaled(value, feeRates[liquidity], 'halfEven');
}

/**
 * The part of an order's commission that one more fill adds. The minimum is the order's: it is paid
 * with the first fill, and the fills after it pay what goes beyond.
 */
function commissionOf(
  { commission }: Account,
  order: VenueOrder,
  { price, quantity }: { readonly price: Price; readonly quantity: Quantity },
): bigint {
  if (commission === null) return 0n;
  const { perUnit, minimum, shareMax } = commission;
  const due = (filled: bigint, cost: bigint): bigint => {
    if (filled === 0n) return 0n;
    const byQuantity = multiplyScaled(perUnit, filled, 'halfEven');
    const most = multiplyScaled(cost, shareMax, 'halfEven');
    const least = byQuantity > minimum ? byQuantity : minimum;
    return least < most ? least : most;
  };
  const value = multiplyScaled(price, quantity, 'halfEven');
  return due(order.filled + quantity, order.cost + value) - due(order.filled, order.cost);
}

/** What trades of a fill that the market allows: a share of it, in whole lots, one lot at least. */
export function shareOf(account: Account, id: InstrumentId, quantity: Quantity): Quantity {
  if (quantity === 0n) return quantity;
  const percent = account.fillPercentMax();
  if (percent >= 100) return quantity;
  const { lotSize } = instrumentOf(account, id);
  const part = (quantity * BigInt(Math.max(0, Math.floor(percent)))) / 100n;
  const whole = part - (part % lotSize);
  const least = quantity < lotSize ? quantity : lotSize;
  return (whole > least ? whole : least) as Quantity;
}

/**
 * Position after a fill. Closing releases the entry cost in proportion, and all of it when the
 * position ends, so that a round trip's profit is exact to the last digit.
 */
function movePosition(
  before: Position,
  order: VenueOrder,
  price: Price,
  quantity: Quantity,
  at: number,
): { position: Position; realised: bigint; closed: Quantity } {
  const signed = order.side === 'buy' ? quantity : -quantity;
  const held = absoluteQuantity(before.quantity);
  const reduces = before.quantity !== 0n && before.quantity > 0n !== signed > 0n;
  const closed = (reduces ? (quantity < held ? quantity : held) : 0n) as Quantity;
  const opened = quantity - closed;
  const released = closed === 0n ? 0n : divide(before.cost * closed, held, 'halfEven');
  const closedValue = multiplyScaled(price, closed, 'halfEven');
  const value = multiplyScaled(price, quantity, 'halfEven');
  const long = before.quantity > 0n;
  const realised = closed === 0n ? 0n : long ? closedValue - released : released - closedValue;
  const position: Position = {
    ...before,
    quantity: (before.quantity + signed) as Quantity,
    cost: before.cost - released + (opened === 0n ? 0n : value - closedValue),
    realisedCum: before.realisedCum + realised,
    updatedAt: at,
  };
  invariant(position.quantity !== 0n || position.cost === 0n, 'a flat position keeps no cost');
  return { position, realised, closed };
}
