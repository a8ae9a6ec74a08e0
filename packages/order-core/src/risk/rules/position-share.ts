import type { Rule } from '../facts.ts';
import { planNotional, withinShare } from '../shares.ts';

export const positionShare: Rule<'POSITION_SHARE'> = {
  code: 'POSITION_SHARE',
  text: 'One position is a bounded share of the equity',
  check(input) {
    return withinShare(input, planNotional(input), input.facts.limits.positionShareMax);
  },
};
