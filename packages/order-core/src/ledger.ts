import {
  absoluteQuantity,
  addQuantity,
  divide,
  type Fill,
  minQuantity,
  type Money,
  negateQuantity,
  notional,
  type Price,
  averagePrice,
  type Quantity,
  ZERO_QUANTITY,
} from '@ballast/domain';

/**
 * A position as the fold of its fills. `quantity` and `cost` are signed alike (short is negative);
 * the entry price is derived, never stored, so that nothing is rounded into the books. Realised
 * P&L is before fees.
 */
export type Position = {
  readonly quantity: Quantity;
  readonly cost: bigint;
  readonly realisedCum: bigint;
  readonly currency: string;
  /** Fees paid so far by currency, scale 18; positive is paid, negative is a rebate. */
  readonly feesCum: Readonly<Record<string, bigint>>;
};

export function flat(currency: string): Position {
  return { quantity: ZERO_QUANTITY, cost: 0n, realisedCum: 0n, currency, feesCum: {} };
}

/**
 * One more fill. Exact but for the cost share of a partial exit,
 * which rounds half-even at scale 18.
 */
export function applyFill(
  position: Position,
  fill: Pick<Fill, 'side' | 'price' | 'quantity' | 'fee'>,
  multiplier: bigint,
): Position {
  const signed = fill.side === 'buy' ? fill.quantity : negateQuantity(fill.quantity);
  const feesCum = {
    ...position.feesCum,
    [fill.fee.currency]: (position.feesCum[fill.fee.currency] ?? 0n) + fill.fee.amount,
  };
  const value = (quantity: Quantity): bigint =>
    notional(fill.price, quantity, multiplier, position.currency).amount;
  const sameSide = position.quantity === 0n || position.quantity > 0n === signed > 0n;
  if (sameSide) {
    return {
      ...position,
      feesCum,
      quantity: addQuantity(position.quantity, signed),
      cost: position.cost + value(signed),
    };
  }
  const held = absoluteQuantity(position.quantity);
  const closed = minQuantity(held, fill.quantity);
  const closedSigned = signed > 0n ? closed : negateQuantity(closed);
  const costShare =
    closed === held ? position.cost : divide(position.cost * closed, held, 'halfEven');
  const closedValue = value(closedSigned);
  return {
    ...position,
    feesCum,
    quantity: addQuantity(position.quantity, signed),
    // The fill's value is split, not reckoned twice: two roundings could lose a digit.
    cost: position.cost - costShare + (value(signed) - closedValue),
    realisedCum: position.realisedCum - closedValue - costShare,
  };
}

/** Average entry price of the open quantity; null when flat. */
export function entryPrice(position: Position, multiplier: bigint): Price | null {
  if (position.quantity === 0n) return null;
  const cost: Money = { amount: position.cost, currency: position.currency };
  return averagePrice(cost, position.quantity, multiplier);
}

/** What the open quantity would gain at `mark`, before fees. */
export function unrealised(position: Position, mark: Price, multiplier: bigint): bigint {
  return notional(mark, position.quantity, multiplier, position.currency).amount - position.cost;
}

/** A sum of positions after one of them went from `before` to `after`. */
export function movedBy(total: Position, before: Position, after: Position): Position {
  const feesCum = { ...total.feesCum };
  for (const currency of Object.keys(after.feesCum)) {
    const change = (after.feesCum[currency] ?? 0n) - (before.feesCum[currency] ?? 0n);
    feesCum[currency] = (feesCum[currency] ?? 0n) + change;
  }
  return {
    ...total,
    feesCum,
    quantity: (total.quantity + after.quantity - before.quantity) as Quantity,
    cost: total.cost + after.cost - before.cost,
    realisedCum: total.realisedCum + after.realisedCum - before.realisedCum,
  };
}
