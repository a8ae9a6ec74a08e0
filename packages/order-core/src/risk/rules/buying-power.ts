import { formatScaled } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';
import { allHeld, notionals, planNotional, sumIn } from '../shares.ts';

/**
 * Ballast trades without leverage: cash covers the whole notional. A venue of margin subtracts
 * only the margin of what is open from the available balance, so the notional of all that is held
 * is subtracted from the equity here; what the venue itself calls available binds as well.
 */
export const buyingPower: Rule<'BUYING_POWER'> = {
  code: 'BUYING_POWER',
  text: 'Cash covers the whole position, without leverage',
  check(input) {
    const { balance } = input.facts;
    if (balance === null) return outcome(false, 'balance unknown', 'available balance');
    const { amount, currency } = planNotional(input);
    const { equity, available } = balance;
    const seen = `${formatScaled(amount)} ${currency}`;
    const bound = sumIn(equity.currency, notionals(allHeld(input.facts)));
    if (bound === null || available.currency !== equity.currency) {
      return outcome(false, seen, 'balance and positions in several currencies');
    }
    const unbound = equity.amount - bound;
    const free = unbound < available.amount ? unbound : available.amount;
    return outcome(
      currency === equity.currency && amount <= free,
      seen,
      `${formatScaled(free)} ${equity.currency} free of positions`,
    );
  },
};
