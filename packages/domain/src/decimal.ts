import { InvalidInput } from './errors.ts';

/** All money, price and quantity integers carry this many decimal places. */
export const SCALE = 18;
const ONE = 10n ** BigInt(SCALE);
/** The code of the digit 0. */
const ZERO = 48;
const PLAIN_DECIMAL = /^(-?)(\d{1,20})(?:\.(\d{1,18}))?$/;

/** How a division ends; every division names one. */
export type Rounding = 'floor' | 'ceil' | 'halfEven';

/**
 * Plain decimal text ("-12.5", at most 20 digits before and 18 after the point) to an integer at
 * scale 18.
 * @throws InvalidInput NOT_A_DECIMAL on anything else: exponents, blanks, NaN, Infinity, more
 * digits.
 */
export function parseScaled(text: string): bigint {
  const match = PLAIN_DECIMAL.exec(text);
  if (match === null)
    throw new InvalidInput('NOT_A_DECIMAL', `not a plain decimal: "${clip(text)}"`);
  const [, sign, whole = '0', fraction = ''] = match;
  const value = BigInt(whole) * ONE + BigInt(fraction.padEnd(SCALE, '0'));
  return sign === '-' ? -value : value;
}

/** Shortest plain decimal text of an integer at scale 18 ("0.1", "-3", never an exponent). */
export function formatScaled(value: bigint): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(SCALE + 1, '0');
  const whole = digits.slice(0, -SCALE);
  let end = digits.length;
  while (end > whole.length && digits.charCodeAt(end - 1) === ZERO) end -= 1;
  const text = end === whole.length ? whole : `${whole}.${digits.slice(whole.length, end)}`;
  return negative ? `-${text}` : text;
}

/** Integer division with the named rounding; exact for any sign. */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator === 0n) throw new RangeError('division by zero');
  const n = denominator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const truncated = n / d;
  const remainder = n - truncated * d;
  if (remainder === 0n) return truncated;
  const floor = remainder < 0n ? truncated - 1n : truncated;
  if (rounding === 'floor') return floor;
  if (rounding === 'ceil') return floor + 1n;
  const twice = 2n * (n - floor * d);
  if (twice < d) return floor;
  if (twice > d) return floor + 1n;
  return floor % 2n === 0n ? floor : floor + 1n;
}

/** Product of two integers at scale 18, again at scale 18. */
export function multiplyScaled(a: bigint, b: bigint, rounding: Rounding): bigint {
  return divide(a * b, ONE, rounding);
}

/** Quotient of two integers at scale 18, again at scale 18. */
export function divideScaled(a: bigint, b: bigint, rounding: Rounding): bigint {
  return divide(a * ONE, b, rounding);
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
