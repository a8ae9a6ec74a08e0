import { outcome, type Rule } from '../facts.ts';

export const positionCount: Rule<'POSITION_COUNT'> = {
  code: 'POSITION_COUNT',
  text: 'The account has room for one more open trade',
  check({ facts }) {
    const { openTradesMax } = facts.limits;
    const open = facts.openTrades.length;
    return outcome(open < openTradesMax, `${open} open`, `at most ${openTradesMax}`);
  },
};
