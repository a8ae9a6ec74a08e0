import { outcome, type Rule } from '../facts.ts';

export const shortAllowed: Rule<'SHORT_NOT_ALLOWED'> = {
  code: 'SHORT_NOT_ALLOWED',
  text: 'Only an account that may be short is',
  check({ plan, facts }) {
    const limit = 'long, or short where the account may';
    if (plan.direction === 'long') return outcome(true, 'long', limit);
    if (facts.venue === null) return outcome(false, 'short, venue unknown', limit);
    const may = facts.venue.capabilities.shorting;
    return outcome(may, may ? 'short, which the account may' : 'short', limit);
  },
};
