const CENSORED = '[redacted]';
const DEPTH_MAX = 8;
const SENSITIVE_NAME = /secret|key|password|authorization|cookie/i;
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/"]*):[^\s@/"]+@/gi;

/**
 * A copy that is safe to print: values under sensitive names are replaced at every depth,
 * bigint becomes a decimal string (JSON has none) and cycles end at a fixed depth.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= DEPTH_MAX) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Map) return redact(Object.fromEntries(value), depth);
  if (value instanceof Set) return redact([...value], depth);
  return redactFields(value, depth);
}

/** Replaces the password inside any URL of a line: connection errors like to quote them. */
export function redactUrls(line: string): string {
  return line.replace(URL_CREDENTIALS, `$1:${CENSORED}@`);
}

function redactFields(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      SENSITIVE_NAME.test(name) && field !== undefined ? CENSORED : redact(field, depth + 1),
    ]),
  );
}

/** Message, stack and cause are not enumerable; everything a library hangs on an error is. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...redactFields(error, depth),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}
