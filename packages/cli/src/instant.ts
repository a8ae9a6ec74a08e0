import { EXIT, Failure } from './failure.ts';

/** A day of UTC, or a time with its zone: what a bare time means depends on who reads it. */
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A time as it was typed, epoch ms. @throws Failure TIME_MALFORMED, a usage error */
export function readInstant(text: string): number {
  const at = WITH_ZONE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return at;
  const message = `"${text}" is no time like 2026-11-18 or 2026-11-18T12:00:00Z`;
  throw new Failure('TIME_MALFORMED', message, EXIT.usage);
}
