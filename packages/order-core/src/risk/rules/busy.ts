import { outcome, type Rule } from '../facts.ts';

/**
 * Reduce-only works on the account's whole position in an instrument, so two trades in one
 * instrument could each close the other's share. Until exits are reserved per trade, an instrument
 * carries one open trade at a time.
 */
export const busy: Rule<'INSTRUMENT_BUSY'> = {
  code: 'INSTRUMENT_BUSY',
  text: 'The instrument has no other open trade on this account',
  check({ plan, facts }) {
    const others = facts.openTrades.filter((trade) => trade.instrument === plan.instrument);
    return outcome(others.length === 0, `${others.length} open`, 'none open');
  },
};
