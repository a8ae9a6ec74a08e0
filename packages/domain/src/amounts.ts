import {
  divide,
  divideScaled,
  formatScaled,
  multiplyScaled,
  parseScaled,
  type Rounding,
} from './decimal.ts';
import { InvalidInput, invariant } from './errors.ts';

declare const priceBrand: unique symbol;
declare const quantityBrand: unique symbol;

/** Quote currency per unit of base, scale 18. */
export type Price = bigint & { readonly [priceBrand]: true };
/** Units of base (contracts, shares, coins), scale 18; signed only where a field says so. */
export type Quantity = bigint & { readonly [quantityBrand]: true };
/** An amount in one currency, scale 18; amounts of different currencies do not add. */
export type Money = { readonly amount: bigint; readonly currency: string };

/** @throws InvalidInput NOT_A_DECIMAL, or PRICE_NOT_POSITIVE for zero and below. */
export function parsePrice(text: string): Price {
  const value = parseScaled(text);
  if (value <= 0n)
    throw new InvalidInput('PRICE_NOT_POSITIVE', `price must be above zero: ${text}`);
  return value as Price;
}

/** @throws InvalidInput NOT_A_DECIMAL, or QUANTITY_NEGATIVE below zero. */
export function parseQuantity(text: string): Quantity {
  const value = parseScaled(text);
  if (value < 0n) throw new InvalidInput('QUANTITY_NEGATIVE', `quantity below zero: ${text}`);
  return value as Quantity;
}

/** A quantity that may be negative: short positions and deltas. */
export function parseSignedQuantity(text: string): Quantity {
  return parseScaled(text) as Quantity;
}

export function parseMoney(text: string, currency: string): Money {
  return { amount: parseScaled(text), currency };
}

export const formatPrice = (price: Price): string => formatScaled(price);
export const formatQuantity = (quantity: Quantity): string => formatScaled(quantity);
export const formatMoney = (money: Money): string => formatScaled(money.amount);

export const ZERO_QUANTITY = 0n as Quantity;

export function zeroMoney(currency: string): Money {
  return { amount: 0n, currency };
}

export function addMoney(a: Money, b: Money): Money {
  invariant(a.currency === b.currency, `adding ${b.currency} to ${a.currency}`);
  return { amount: a.amount + b.amount, currency: a.currency };
}

export function addQuantity(a: Quantity, b: Quantity): Quantity {
  return (a + b) as Quantity;
}

export function subtractQuantity(a: Quantity, b: Quantity): Quantity {
  return (a - b) as Quantity;
}

export function negateQuantity(a: Quantity): Quantity {
  return -a as Quantity;
}

export function minQuantity(a: Quantity, b: Quantity): Quantity {
  return a < b ? a : b;
}

export function absoluteQuantity(a: Quantity): Quantity {
  return (a < 0n ? -a : a) as Quantity;
}

/** Distance between two prices, scale 18, never negative. */
export function priceDistance(a: Price, b: Price): bigint {
  return a > b ? a - b : b - a;
}

/** price × quantity × multiplier in `currency`; the sign follows the quantity. */
export function notional(
  price: Price,
  quantity: Quantity,
  multiplier: bigint,
  currency: string,
  rounding: Rounding = 'halfEven',
): Money {
  const perUnit = multiplyScaled(price, multiplier, rounding);
  return { amount: multiplyScaled(perUnit, quantity, rounding), currency };
}

/** Average price of a total cost over a quantity. @throws RangeError when the quantity is zero. */
export function averagePrice(cost: Money, quantity: Quantity, multiplier: bigint): Price {
  const units = multiplyScaled(quantity, multiplier, 'halfEven');
  return divideScaled(cost.amount, units, 'halfEven') as Price;
}

/** The multiple of `step` next to `value` on the named side; `step` at scale 18, above zero. */
export function roundToStep(value: bigint, step: bigint, rounding: Rounding): bigint {
  return divide(value, step, rounding) * step;
}

const BILLION = 10n ** 9n;

/** For indicators and charts only: the nearest float64, loses digits past 2^53. */
export function toNumber(value: bigint): number {
  // Both parts of the division are exact then, so that it rounds once, as reading the text does.
  const billionths = value / BILLION;
  const near = Number(billionths);
  if (Number.isSafeInteger(near) && billionths * BILLION === value) return near / 1e9;
  return Number(formatScaled(value));
}
