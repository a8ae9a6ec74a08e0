import { formatScaled, notional } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';

export const notionalMin: Rule<'NOTIONAL_TOO_SMALL'> = {
  code: 'NOTIONAL_TOO_SMALL',
  text: 'The order is worth enough for the venue to take it',
  check({ plan, instrument, entryPrice }) {
    const { multiplier, quoteCurrency, minNotional } = instrument;
    const value = notional(entryPrice, plan.quantity, multiplier, quoteCurrency, 'floor').amount;
    return outcome(
      value >= minNotional,
      `${formatScaled(value)} ${quoteCurrency}`,
      `at least ${formatScaled(minNotional)} ${quoteCurrency}`,
    );
  },
};
