/** A message of the venue that does not have the documented shape. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

/** RFC 3339 with up to nine decimals of the second, in UTC or with an offset. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

export function text(value: unknown, name: string): string {
  const inner = field(value, name);
  if (typeof inner !== 'string') throw new WireError(`"${name}" is not text`);
  // Postgres keeps neither: such a text would fail every commit that holds it.
  if (inner.includes('\0') || !inner.isWellFormed()) {
    throw new WireError(`"${name}" holds what is no character`);
  }
  return inner;
}

export function named(value: unknown, name: string): string {
  const written = text(value, name);
  if (written === '') throw new WireError(`"${name}" is empty`);
  return written;
}

/** '' where the venue writes null or nothing. */
export function optionalText(value: unknown, name: string): string {
  const inner = field(value, name);
  return inner === null || inner === undefined ? '' : text(value, name);
}

/** Epoch ms; what the venue tells below a millisecond is cut off. */
export function time(value: unknown, name: string): number {
  const [, seconds, fraction = '', zone] = TIME.exec(text(value, name)) ?? [];
  const at = Date.parse(`${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  if (Number.isNaN(at)) throw new WireError(`"${name}" is not a time`);
  return at;
}

export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new WireError('the answer is not a list');
  return value;
}
