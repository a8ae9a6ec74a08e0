const UNEXPECTED = 'UNEXPECTED';

/** The reason code of an error, or that it has none of its own. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
  return typeof code === 'string' ? code : UNEXPECTED;
}

/** What it says; a driver wraps what the database said in the text of the whole query. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
