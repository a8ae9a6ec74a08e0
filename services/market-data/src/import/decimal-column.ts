import type { SchemaElement } from 'hyparquet';

/** Plain decimal text of a value; for what is no number, text that is no decimal either. */
export type DecimalText = (value: unknown) => string;

/** Digits that a 32-bit number has at most. */
const FLOAT_DIGITS_MAX = 9;
/** Of a decimal; the widest that writers know has 76 digits. */
const DECIMAL_BYTES_MAX = 32;
const DECIMAL_SCALE_MAX = 76;

/** By the column's type: how a value of it is written down without a digit too many or too few. */
export function decimalColumn(element: SchemaElement): DecimalText {
  if (isDecimal(element)) {
    const { scale, logical_type: named } = element;
    const places = scale ?? (named?.type === 'DECIMAL' ? named.scale : 0);
    return (value) => ofDecimal(value, places);
  }
  if (element.type === 'FLOAT') return (value) => plainText(value, shortestFloat);
  return (value) => plainText(value, (exact) => exact);
}

/**
 * The column as the reader is to take it, without text of its own making (`utf8: false`): decimals
 * as they lie in the file, whole numbers of their last digit. It would multiply them by a power of
 * ten in floating point, which changes the last of sixteen digits. Bytes go to `fromBytes`.
 */
export function columnAsRead(element: SchemaElement): SchemaElement {
  const { converted_type: _converted, logical_type: _logical, ...physical } = element;
  const isOfBytes = element.type === 'BYTE_ARRAY' || element.type === 'FIXED_LEN_BYTE_ARRAY';
  if (isDecimal(element)) return isOfBytes ? { ...physical, converted_type: 'UTF8' } : physical;
  return element.type === 'BYTE_ARRAY' ? { ...element, converted_type: 'UTF8' } : element;
}

/**
 * What bytes of the column stand for, page by page: a column of a million decimals left as bytes
 * takes more memory than the reader has. Null for what is no decimal; undefined: they are text.
 */
export function fromBytes(
  element: SchemaElement,
): ((bytes: Uint8Array) => bigint | null) | undefined {
  return isDecimal(element) ? wholeOfBytes : undefined;
}

const isDecimal = ({ converted_type, logical_type }: SchemaElement): boolean =>
  converted_type === 'DECIMAL' || logical_type?.type === 'DECIMAL';

function ofDecimal(value: unknown, scale: number): string {
  const whole = wholeOf(value);
  if (whole === null || scale < 0 || scale > DECIMAL_SCALE_MAX) {
    return `no decimal ${String(value)}`;
  }
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return whole < 0n ? `-${text}` : text;
}

function wholeOf(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null;
}

function wholeOfBytes(bytes: Uint8Array): bigint | null {
  if (bytes.length > DECIMAL_BYTES_MAX) return null;
  const unsigned = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
  return BigInt.asIntN(8 * bytes.length, unsigned);
}

function plainText(value: unknown, shorten: (value: number) => number): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return String(value);
  const text = String(shorten(value));
  const [digits = '', exponent] = text.split('e');
  return exponent === undefined ? text : shifted(digits, Number(exponent));
}

/** The shortest number that is the same as a 32-bit one. */
function shortestFloat(value: number): number {
  for (let digits = 1; digits < FLOAT_DIGITS_MAX; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return Number(value.toPrecision(FLOAT_DIGITS_MAX));
}

/** `1.25` and -7 are `0.000000125`. */
function shifted(digits: string, exponent: number): string {
  const sign = digits.startsWith('-') ? '-' : '';
  const [whole = '', part = ''] = digits.replace('-', '').split('.');
  const all = whole + part;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  if (point >= all.length) return sign + all.padEnd(point, '0');
  return `${sign}${all.slice(0, point)}.${all.slice(point)}`;
}
