import { InvalidInput, isSessionOpen, nextOpening, type TradingSession } from '@ballast/domain';
import { type GateCheck, missing, refuse } from './gate.ts';

const MINUTE_MS = 60_000;
const NO_HOURS = missing('regular hours');

/**
 * Entries in regular hours, by the calendar. A strategy of daily bars speaks when the session is
 * over and enters at the next opening: its limits say so.
 */
export const sessionGate: GateCheck = {
  name: 'session',
  withoutFacts: 'refuses',
  check({ session, now }, { regularHoursOnly }) {
    if (!regularHoursOnly || session === 'continuous') return null;
    const open = isOpen(session, now);
    if (open === null) return NO_HOURS;
    if (open) return null;
    const opens = Math.ceil((nextOpening(session, now) - now) / MINUTE_MS);
    return refuse(`closed, opens in ${opens} min`, 'regular hours', 'regularHoursOnly');
  },
};

/** Null where the calendar does not reach. */
function isOpen(session: TradingSession, at: number): boolean | null {
  try {
    return isSessionOpen(session, at);
  } catch (error) {
    if (error instanceof InvalidInput && error.code === 'SESSION_UNKNOWN') return null;
    throw error;
  }
}
