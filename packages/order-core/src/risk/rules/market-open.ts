import { outcome, type Rule } from '../facts.ts';

export const marketOpen: Rule<'MARKET_CLOSED'> = {
  code: 'MARKET_CLOSED',
  text: 'The market is open; one whose hours are not known counts as closed',
  check({ facts, instrument }) {
    if (instrument.session === 'continuous') return outcome(true, 'trades continuously', 'open');
    const open = facts.venue?.exchangeOpen ?? null;
    const seen = open === null ? 'exchange hours unknown' : open ? 'open' : 'closed';
    return outcome(open === true, seen, 'open');
  },
};
