import { formatScaled, notional } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';

/**
 * Ballast trades without leverage: the whole notional has to be there, whatever margin the venue
 * would lend.
 */
export const buyingPower: Rule<'BUYING_POWER'> = {
  code: 'BUYING_POWER',
  text: 'The available balance covers the whole position',
  check({ plan, facts, instrument, entryPrice }) {
    if (facts.balance === null) return outcome(false, 'balance unknown', 'available balance');
    const { available } = facts.balance;
    const { multiplier, quoteCurrency } = instrument;
    const value = notional(entryPrice, plan.quantity, multiplier, quoteCurrency, 'ceil').amount;
    return outcome(
      available.currency === quoteCurrency && value <= available.amount,
      `${formatScaled(value)} ${quoteCurrency}`,
      `${formatScaled(available.amount)} ${available.currency} available`,
    );
  },
};
