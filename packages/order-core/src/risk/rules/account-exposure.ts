import type { Rule } from '../facts.ts';
import { exposureWithin } from '../shares.ts';

export const accountExposure: Rule<'ACCOUNT_EXPOSURE'> = {
  code: 'ACCOUNT_EXPOSURE',
  text: 'All open trades together are a bounded share of the equity',
  check(input) {
    return exposureWithin(input, () => true, input.facts.limits.accountShareMax);
  },
};
