import { formatScaled, multiplyScaled, notional, type Price, priceDistance } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';
import { RISK_PER_TRADE_MAX, shareOfEquity } from '../limits.ts';

export const riskPerTrade: Rule<'RISK_PER_TRADE'> = {
  code: 'RISK_PER_TRADE',
  text: 'What the trade loses at its stop is a small share of the equity',
  check({ plan, facts, instrument, entryPrice }) {
    const shown = shareOfEquity(RISK_PER_TRADE_MAX);
    if (facts.balance === null) return outcome(false, 'equity unknown', shown);
    const { equity } = facts.balance;
    const limit = multiplyScaled(equity.amount, RISK_PER_TRADE_MAX, 'floor');
    const distance = priceDistance(entryPrice, plan.stop) as Price;
    const { multiplier, quoteCurrency } = instrument;
    const risk = notional(distance, plan.quantity, multiplier, quoteCurrency, 'ceil').amount;
    return outcome(
      equity.currency === quoteCurrency && risk <= limit,
      `${formatScaled(risk)} ${quoteCurrency}`,
      `${formatScaled(limit)} ${equity.currency} (${shown})`,
    );
  },
};
