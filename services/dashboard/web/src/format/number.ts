import { InvalidInput, parseScaled, roundToStep, SCALE } from '@ballast/domain';

export const NO_VALUE = '—';

/** Places after the point of a tick or lot size in decimal text. */
export function decimalsOf(step: string): number {
  return step.includes('.') ? step.length - step.indexOf('.') - 1 : 0;
}

/**
 * Decimal text with grouped thousands and a fixed number of places, rounded half to even.
 * `sign: true` writes the plus as well. Null and text that is no decimal become a dash.
 */
export function fixed(
  text: string | null | undefined,
  decimals: number,
  options: { sign?: boolean } = {},
): string {
  const value = scaledOrNull(text);
  if (value === null) return NO_VALUE;
  const places = Math.min(Math.max(decimals, 0), SCALE);
  const rounded = roundToStep(value, 10n ** BigInt(SCALE - places), 'halfEven');
  const digits = (rounded < 0n ? -rounded : rounded).toString().padStart(SCALE + 1, '0');
  const whole = digits.slice(0, -SCALE).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = digits.slice(-SCALE).slice(0, places);
  const sign = rounded < 0n ? '−' : options.sign === true && rounded > 0n ? '+' : '';
  return `${sign}${whole}${places === 0 ? '' : `.${fraction}`}`;
}

/** A whole number of things, with grouped thousands. */
export const count = (value: number): string => value.toLocaleString('en-US');

/** -1, 0 or 1; null when the text is no decimal. */
export function signOf(text: string | null | undefined): -1 | 0 | 1 | null {
  const value = scaledOrNull(text);
  if (value === null) return null;
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}

export function scaledOrNull(text: string | null | undefined): bigint | null {
  if (text === null || text === undefined) return null;
  try {
    return parseScaled(text);
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

/** Change from one price to another in percent, as decimal text; null when it cannot be told. */
export function percentChange(
  from: string | null | undefined,
  to: string | null | undefined,
): string | null {
  const start = scaledOrNull(from);
  const end = scaledOrNull(to);
  if (start === null || end === null || start <= 0n) return null;
  const basis = ((end - start) * 1_000_000n) / start;
  const digits = (basis < 0n ? -basis : basis).toString().padStart(5, '0');
  return `${basis < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

/** Decimal text for a sentence: grouped thousands, as many places as it has, and no zeros after. */
export function trimmed(text: string): string {
  const whole = fixed(text, SCALE);
  return whole.includes('.') ? whole.replace(/0+$/, '').replace(/\.$/, '') : whole;
}
