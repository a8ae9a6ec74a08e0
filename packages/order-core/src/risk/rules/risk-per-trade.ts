import { notional, type Price, priceDistance } from '@ballast/domain';
import type { Rule } from '../facts.ts';
import { withinShare } from '../shares.ts';

export const riskPerTrade: Rule<'RISK_PER_TRADE'> = {
  code: 'RISK_PER_TRADE',
  text: 'What the trade loses at its stop is a small share of the equity',
  check(input) {
    const { plan, facts, instrument, entryPrice } = input;
    const distance = priceDistance(entryPrice, plan.stop) as Price;
    const { multiplier, quoteCurrency } = instrument;
    const risk = notional(distance, plan.quantity, multiplier, quoteCurrency, 'ceil');
    return withinShare(input, risk, facts.limits.riskPerTradeShareMax);
  },
};
