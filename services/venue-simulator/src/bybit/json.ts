/** A JSON object, as opposed to an array, a value or null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON string or number as text; '' for all else. `String` would throw on some objects. */
export function scalarText(value: unknown): string {
  return typeof value === 'number' ? String(value) : textOf(value);
}

/** The text of a field, or '' when it is missing or no text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
