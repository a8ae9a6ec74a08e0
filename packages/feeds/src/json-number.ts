import { isDecimal } from './decimal-check.ts';

/** Stands before digits that were a number in the frame, so that text is not taken for one. */
const MARK = '#';
/** Beyond it nothing is left that `isDecimal` takes. */
const EXPONENT_MAX = 40;
const WITH_EXPONENT = /^(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,4})$/;

/**
 * A parser of JSON whose numbers under `names` come as marked text, with every digit that the
 * source wrote: a float would have lost some. One pass over the text and one JSON.parse.
 * @throws SyntaxError
 */
export function createDigitParser(names: readonly string[]): (text: string) => unknown {
  // A quote inside of a JSON string has a backslash before it, so what follows `"name":` is a value.
  const number = new RegExp(`"(${names.join('|')})"\\s*:\\s*(-?\\d[\\d.eE+-]*)`, 'g');
  return (text) => JSON.parse(text.replace(number, `"$1":"${MARK}$2"`)) as unknown;
}

/** Plain decimal text of a number that the parser has marked; null for anything else. */
export function plainDigits(value: unknown): string | null {
  if (typeof value !== 'string' || !value.startsWith(MARK)) return null;
  const digits = value.slice(MARK.length);
  if (isDecimal(digits)) return digits;
  const [, whole = '', fraction = '', exponent] = WITH_EXPONENT.exec(digits) ?? [];
  if (exponent === undefined) return null;
  const shift = Number(exponent);
  if (Math.abs(shift) > EXPONENT_MAX) return null;
  const all = whole + fraction;
  const point = whole.length + shift;
  const padded = all.padStart(all.length + Math.max(0, 1 - point), '0');
  const at = Math.max(1, point);
  const before = padded
    .slice(0, at)
    .padEnd(at, '0')
    .replace(/^0+(?=\d)/, '');
  const after = padded.slice(at).replace(/0+$/, '');
  const plain = after === '' ? before : `${before}.${after}`;
  return isDecimal(plain) ? plain : null;
}
