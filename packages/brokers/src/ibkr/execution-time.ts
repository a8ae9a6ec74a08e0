import { InvalidInput } from '@ballast/domain';

const WRITTEN =
  /^(\d{4})(\d{2})(\d{2})(-| +)(\d{2}):(\d{2}):(\d{2})(?: +([A-Za-z][A-Za-z0-9_+\-/]*))?$/;

/**
 * Epoch ms of a time as TWS writes it: `20261120 09:31:05 US/Eastern`, `20261120-14:31:05` (UTC),
 * or without a zone, which means TWS's own.
 * @throws InvalidInput TIME_MALFORMED
 */
export function executionTime(written: string, zoneOfTws: string): number {
  const match = WRITTEN.exec(written);
  if (match === null) {
    throw new InvalidInput('TIME_MALFORMED', `not a time of TWS: "${written.slice(0, 40)}"`);
  }
  const [year = 0, month = 0, day = 0] = match.slice(1, 4).map(Number);
  const [hour = 0, minute = 0, second = 0] = match.slice(5, 8).map(Number);
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  const zone = match[8] ?? (match[4] === '-' ? 'UTC' : zoneOfTws);
  if (zone === 'UTC' || zone === 'GMT') return asUtc;
  // The offset is that of the time sought, which the first guess may miss by a clock change.
  const guess = asUtc - offsetMs(asUtc, zone);
  return asUtc - offsetMs(guess, zone);
}

function offsetMs(at: number, timeZone: string): number {
  const clock = clockOf(timeZone);
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(at / 1_000) * 1_000;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  try {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    clocks.set(timeZone, clock);
    return clock;
  } catch {
    throw new InvalidInput('TIME_MALFORMED', `time zone "${timeZone.slice(0, 40)}" is not known`);
  }
}
