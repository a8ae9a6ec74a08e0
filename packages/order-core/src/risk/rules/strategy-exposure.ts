import { outcome, type Rule } from '../facts.ts';
import { exposureWithin, shareOfEquity } from '../shares.ts';

export const strategyExposure: Rule<'STRATEGY_EXPOSURE'> = {
  code: 'STRATEGY_EXPOSURE',
  text: 'All trades of one strategy together are a bounded share of the equity',
  check(input) {
    const { plan, facts } = input;
    const share = facts.limits.strategyShareMax;
    if (plan.origin.kind === 'ticket') {
      return outcome(true, "the operator's own trade", shareOfEquity(share));
    }
    const { strategy: own } = plan.origin;
    const same = facts.openTrades.filter(({ strategy }) => strategy === own);
    const judged = exposureWithin(input, same, share);
    return { ...judged, input: `${judged.input} by ${own}` };
  },
};
