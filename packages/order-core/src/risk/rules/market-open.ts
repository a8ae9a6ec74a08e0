import { isSessionOpen, nextOpening } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';

const MINUTE_MS = 60_000;

/** By the calendar: a venue's own "open" is one request old, and says nothing of half days. */
export const marketOpen: Rule<'MARKET_CLOSED'> = {
  code: 'MARKET_CLOSED',
  text: 'The market is in its regular hours',
  check({ facts: { now }, instrument: { session } }) {
    if (session === 'continuous') return outcome(true, 'trades continuously', 'open');
    if (isSessionOpen(session, now)) return outcome(true, 'open', 'open');
    const opens = Math.ceil((nextOpening(session, now) - now) / MINUTE_MS);
    return outcome(false, `closed, opens in ${opens} min`, 'open');
  },
};
