import { formatPrice } from '@ballast/domain';
import { outcome, quotedPrice, type Rule } from '../facts.ts';

/** A trigger that the market has passed already would fire at once, at whatever price. */
export const triggerSide: Rule<'TRIGGER_ON_WRONG_SIDE'> = {
  code: 'TRIGGER_ON_WRONG_SIDE',
  text: 'The trigger of a stop entry has the market still before it',
  check({ plan, facts }) {
    const limit = plan.direction === 'long' ? 'trigger above last' : 'trigger below last';
    if (!('triggerPrice' in plan.entry)) return outcome(true, 'no trigger', limit);
    const { triggerPrice } = plan.entry;
    const seen = `trigger ${formatPrice(triggerPrice)}`;
    const last = facts.quote === null ? null : quotedPrice(facts.quote.last);
    if (last === null) return outcome(false, `${seen}, last price unknown`, limit);
    const before = plan.direction === 'long' ? triggerPrice > last : triggerPrice < last;
    return outcome(before, `${seen}, last ${formatPrice(last)}`, limit);
  },
};
