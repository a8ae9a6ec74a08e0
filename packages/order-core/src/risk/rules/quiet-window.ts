import { outcome, type Rule } from '../facts.ts';

const SECOND_MS = 1_000;

export const quietWindow: Rule<'VENUE_QUIET'> = {
  code: 'VENUE_QUIET',
  text: 'The venue is not in, nor about to enter, a time it does not serve',
  check({ facts: { now, venue, limits } }) {
    const limit = `${limits.quietLeadMs / SECOND_MS} s clear of the venue's quiet times`;
    if (venue === null) return outcome(false, 'venue unknown', limit);
    const quiet = venue.quietWindow;
    if (quiet === null || now >= quiet.until) return outcome(true, 'no quiet time known', limit);
    const seconds = Math.ceil((quiet.from - now) / SECOND_MS);
    const seen = seconds > 0 ? `${quiet.reason} in ${seconds} s` : `${quiet.reason} now`;
    return outcome(now < quiet.from - limits.quietLeadMs, seen, limit);
  },
};
