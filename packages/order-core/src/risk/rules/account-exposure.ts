import type { Rule } from '../facts.ts';
import { allHeld, exposureWithin } from '../shares.ts';

export const accountExposure: Rule<'ACCOUNT_EXPOSURE'> = {
  code: 'ACCOUNT_EXPOSURE',
  text: 'All that is held, by trades and otherwise, is a bounded share of the equity',
  check(input) {
    const { facts } = input;
    return exposureWithin(input, allHeld(facts), facts.limits.accountShareMax);
  },
};
