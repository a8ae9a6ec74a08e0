import {
  absoluteQuantity,
  addQuantity,
  divide,
  divideScaled,
  type Fill,
  type Instrument,
  minQuantity,
  type Money,
  negateQuantity,
  notional,
  type Price,
  averagePrice,
  type Quantity,
  subtractQuantity,
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
  /**
   * Fees paid so far by currency, scale 18; positive is paid, negative is a rebate. Those in the
   * base currency have been taken from `quantity`: their price is in the books already.
   */
  readonly feesCum: Readonly<Record<string, bigint>>;
};

export function flat(currency: string): Position {
  return { quantity: ZERO_QUANTITY, cost: 0n, realisedCum: 0n, currency, feesCum: {} };
}

/** What the ledger has to know of an instrument. */
export type LedgerTerms = Pick<Instrument, 'multiplier' | 'baseCurrency'>;

/**
 * One more fill. Exact but for the cost share of a partial exit, which rounds half-even at scale
 * 18. A fee in the base currency comes out of what is held, and leaves the cost as it is: cost
 * less realised stays the cash that went in.
 */
export function applyFill(
  position: Position,
  fill: Pick<Fill, 'side' | 'price' | 'quantity' | 'fee'>,
  { multiplier, baseCurrency }: LedgerTerms,
): Position {
  const traded = applyTrade(position, fill, multiplier);
  const { amount, currency } = fill.fee;
  const feesCum = { ...position.feesCum, [currency]: (position.feesCum[currency] ?? 0n) + amount };
  const paid = { ...traded, feesCum };
  if (currency !== baseCurrency || amount === 0n) return paid;
  return without(paid, divideScaled(amount, multiplier, 'halfEven') as Quantity);
}

/** Units that are gone without a price; what they had cost is lost once nothing is left of them. */
function without(position: Position, units: Quantity): Position {
  const quantity = subtractQuantity(position.quantity, units);
  const remains = position.quantity !== 0n && quantity > 0n === position.quantity > 0n;
  if (remains && quantity !== 0n) return { ...position, quantity };
  return { ...position, quantity, cost: 0n, realisedCum: position.realisedCum - position.cost };
}

function applyTrade(
  position: Position,
  fill: Pick<Fill, 'side' | 'price' | 'quantity'>,
  multiplier: bigint,
): Position {
  const signed = fill.side === 'buy' ? fill.quantity : negateQuantity(fill.quantity);
  const value = (quantity: Quantity): bigint =>
    notional(fill.price, quantity, multiplier, position.currency).amount;
  const sameSide = position.quantity === 0n || position.quantity > 0n === signed > 0n;
  if (sameSide) {
    return {
      ...position,
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
  const currencies = [...Object.keys(before.feesCum), ...Object.keys(after.feesCum)];
  for (const currency of new Set(currencies)) {
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
