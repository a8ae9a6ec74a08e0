/** A JSON object, as opposed to an array, a value or null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a field, or '' when it is missing or no text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
