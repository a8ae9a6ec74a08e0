import { InvalidInput, type InstrumentId, parseInstrumentId } from '@ballast/domain';
import { EXIT, Failure } from './failure.ts';

/** An instrument as it was typed. @throws Failure INSTRUMENT_ID_MALFORMED, a usage error */
export function readInstrumentId(text: string): InstrumentId {
  try {
    return parseInstrumentId(text);
  } catch (error) {
    if (error instanceof InvalidInput) throw new Failure(error.code, error.message, EXIT.usage);
    throw error;
  }
}

/** A number as it was typed, from 1 to `max`. @throws Failure USAGE that names the option */
export function readCount(text: string, option: string, max: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= max) return count;
  throw new Failure('USAGE', `${option}: a whole number from 1 to ${max}`, EXIT.usage);
}

/** A day of UTC, or a time with its zone: what a bare time means depends on who reads it. */
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A time as it was typed, epoch ms. @throws Failure TIME_MALFORMED, a usage error */
export function readInstant(text: string): number {
  const at = WITH_ZONE.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return at;
  const message = `"${text}" is no time like 2026-11-18 or 2026-11-18T12:00:00Z`;
  throw new Failure('TIME_MALFORMED', message, EXIT.usage);
}

/** The 31st of February is read as a day of March. */
function isDay(text: string): boolean {
  const at = Date.parse(text);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}

const DAY_MS = 86_400_000;

/**
 * A day of UTC as it was typed, epoch ms; `to` is the first moment after it.
 * @throws Failure DAY_MALFORMED
 */
export function readDay(text: string): { readonly from: number; readonly to: number } {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text)) {
    const from = Date.parse(`${text}T00:00:00Z`);
    return { from, to: from + DAY_MS };
  }
  throw new Failure('DAY_MALFORMED', `${text} is no day: YYYY-MM-DD`, EXIT.usage);
}
