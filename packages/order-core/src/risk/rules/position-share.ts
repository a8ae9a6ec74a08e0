import { formatScaled, multiplyScaled, notional } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';
import { POSITION_SHARE_MAX, shareOfEquity } from '../limits.ts';

export const positionShare: Rule<'POSITION_SHARE'> = {
  code: 'POSITION_SHARE',
  text: 'One position is a bounded share of the equity',
  check({ plan, facts, instrument, entryPrice }) {
    const shown = shareOfEquity(POSITION_SHARE_MAX);
    if (facts.balance === null) return outcome(false, 'equity unknown', shown);
    const { equity } = facts.balance;
    const limit = multiplyScaled(equity.amount, POSITION_SHARE_MAX, 'floor');
    const { multiplier, quoteCurrency } = instrument;
    const value = notional(entryPrice, plan.quantity, multiplier, quoteCurrency, 'ceil').amount;
    return outcome(
      equity.currency === quoteCurrency && value <= limit,
      `${formatScaled(value)} ${quoteCurrency}`,
      `${formatScaled(limit)} ${equity.currency} (${shown})`,
    );
  },
};
