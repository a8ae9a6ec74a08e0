import type { SchemaElement } from 'hyparquet';

/** Plain decimal text of a value; for what is no number, text that is no decimal either. */
export type DecimalText = (value: unknown) => string;

/** Digits that a 32-bit number has at most. */
const FLOAT_DIGITS_MAX = 9;

/** By the column's type: how a value of it is written down without a digit too many or too few. */
export function decimalColumn({ type, converted_type, scale }: SchemaElement): DecimalText {
  if (converted_type === 'DECIMAL') return (value) => ofDecimal(value, scale ?? 0);
  if (type === 'FLOAT') return (value) => plainText(value, shortestFloat);
  return (value) => plainText(value, (exact) => exact);
}

/** The reader gives it as floating point: past its exact range nobody knows the digits. */
function ofDecimal(value: unknown, scale: number): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return String(value);
  const isExact = Math.abs(value) * 10 ** scale <= Number.MAX_SAFE_INTEGER;
  return isExact ? value.toFixed(scale) : `inexact ${value}`;
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
