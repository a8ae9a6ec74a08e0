import { SCALE } from '@ballast/domain';

const EXPONENT = /^(\d)(?:\.(\d+))?e-(\d+)$/;

/**
 * Decimal text of a number from a wire that has only float64: the shortest text that reads back as
 * the same float, which is what the venue wrote for up to 15 digits. Null for what is no plain
 * number from zero up, or needs more than 18 places.
 */
export function floatDecimal(value: unknown): string | null {
  if (typeof value === 'bigint') return value >= 0n ? String(value) : null;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return null;
  const text = String(value);
  if (!text.includes('e')) return text;
  const match = EXPONENT.exec(text);
  if (match === null) return null;
  const [, first = '', rest = '', exponent = '0'] = match;
  const places = '0'.repeat(Number(exponent) - 1) + first + rest;
  return places.length <= SCALE ? `0.${places}` : null;
}
