import { parseScaled, SCALE } from '@ballast/domain';

const ZERO = 48;
const NINE = 57;
const POINT = 46;
const WHOLE_DIGITS_MAX = 20;

/** Plain decimal text from zero up, as on a venue's wire: no sign, exponent or blank. */
export function isDecimal(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0) return false;
  let point = -1;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code === POINT && point === -1 && index > 0) point = index;
    else if (code < ZERO || code > NINE) return false;
  }
  if (point === -1) return value.length <= WHOLE_DIGITS_MAX;
  const places = value.length - point - 1;
  return places >= 1 && places <= SCALE && point <= WHOLE_DIGITS_MAX;
}

/** The same, and above zero. */
export function isPositiveDecimal(value: unknown): value is string {
  if (!isDecimal(value)) return false;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code !== ZERO && code !== POINT) return true;
  }
  return false;
}

/** Exact comparison of two texts that passed `isDecimal`. */
export function isBelow(a: string, b: string): boolean {
  return parseScaled(a) < parseScaled(b);
}

/**
 * A test whether decimal text is a multiple of `tickSize` (scale 18), exact, and without a bigint
 * per tick for the sizes that occur: it runs for each price of a feed.
 */
export function createTickCheck(tickSize: bigint): (decimal: string) => boolean {
  let places = SCALE;
  let units = tickSize;
  while (places > 0 && units % 10n === 0n) {
    units /= 10n;
    places -= 1;
  }
  const smallUnits = Number(units);
  const exact = Number.isSafeInteger(smallUnits);
  return (decimal) => {
    const point = decimal.indexOf('.');
    let end = decimal.length;
    if (point !== -1) while (decimal.charCodeAt(end - 1) === ZERO) end -= 1;
    const used = point === -1 ? 0 : Math.max(0, end - point - 1);
    if (used > places) return false;
    if (smallUnits === 1) return true;
    const whole = point === -1 ? decimal : decimal.slice(0, point);
    const fraction = point === -1 ? '' : decimal.slice(point + 1, point + 1 + used);
    const digits = whole + fraction.padEnd(places, '0');
    const value = Number(digits);
    if (exact && Number.isSafeInteger(value)) return value % smallUnits === 0;
    return BigInt(digits) % units === 0n;
  };
}
