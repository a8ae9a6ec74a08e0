import { parseScaled } from '@ballast/domain';

/** A row of the audit that does not hold what its kind has to. */
export class UnreadableAuditRow extends Error {}

/** One named value of a row's data. @throws UnreadableAuditRow when it is missing */
export function fieldOf(data: unknown, name: string): unknown {
  const value: unknown =
    typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
  if (value === undefined) throw new UnreadableAuditRow(`has no ${name}`);
  return value;
}

export function hasField(data: unknown, name: string): boolean {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, name);
}

export function textOf(data: unknown, name: string): string {
  const value = fieldOf(data, name);
  if (typeof value !== 'string') throw new UnreadableAuditRow(`${name} is no text`);
  return value;
}

export function numberOf(data: unknown, name: string): number {
  const value = fieldOf(data, name);
  if (typeof value !== 'number') throw new UnreadableAuditRow(`${name} is no number`);
  return value;
}

export function flagOf(data: unknown, name: string): boolean {
  const value = fieldOf(data, name);
  if (typeof value !== 'boolean') throw new UnreadableAuditRow(`${name} is neither true nor false`);
  return value;
}

/** Decimal text as an amount at scale 18. */
export function decimalOf(data: unknown, name: string): bigint {
  const text = textOf(data, name);
  try {
    return parseScaled(text);
  } catch {
    throw new UnreadableAuditRow(`${name} is no decimal: ${text}`);
  }
}

/** An amount as `fromJson` has read it. */
export function amountOf(data: unknown, name: string): bigint {
  const value = fieldOf(data, name);
  if (typeof value !== 'bigint') throw new UnreadableAuditRow(`${name} is no amount`);
  return value;
}
