import { SCALE } from '@ballast/domain';

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

/** Below zero, zero or above, as `a` is less, equal or more; texts that passed `isDecimal`. */
export function compareDecimals(a: string, b: string): number {
  if (a === b) return 0;
  const wholeA = wholeDigits(a);
  const wholeB = wholeDigits(b);
  if (wholeA.length !== wholeB.length) return wholeA.length - wholeB.length;
  if (wholeA !== wholeB) return wholeA < wholeB ? -1 : 1;
  const pointA = a.indexOf('.');
  const pointB = b.indexOf('.');
  const places = Math.max(
    pointA === -1 ? 0 : a.length - pointA - 1,
    pointB === -1 ? 0 : b.length - pointB - 1,
  );
  for (let place = 1; place <= places; place += 1) {
    const difference = digitAt(a, pointA, place) - digitAt(b, pointB, place);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Exact comparison of two texts that passed `isDecimal`. */
export function isBelow(a: string, b: string): boolean {
  return compareDecimals(a, b) < 0;
}

/** Digits before the point, without leading zeros. */
function wholeDigits(text: string): string {
  const point = text.indexOf('.');
  const end = point === -1 ? text.length : point;
  let start = 0;
  while (start < end && text.charCodeAt(start) === ZERO) start += 1;
  return text.slice(start, end);
}

function digitAt(text: string, point: number, place: number): number {
  const index = point + place;
  return point === -1 || index >= text.length ? ZERO : text.charCodeAt(index);
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
