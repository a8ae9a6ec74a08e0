import { formatPrice, formatScaled, isOnTick, type Price, targetsOf } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';

export const priceTick: Rule<'PRICE_OFF_TICK'> = {
  code: 'PRICE_OFF_TICK',
  text: 'Every price is a multiple of the tick size',
  check({ plan, instrument }) {
    const { entry } = plan;
    const prices: Price[] = [plan.stop, ...targetsOf(plan).map(({ price }) => price)];
    if ('price' in entry) prices.push(entry.price);
    if ('triggerPrice' in entry) prices.push(entry.triggerPrice);
    const off = prices.filter((price) => !isOnTick(price, instrument));
    const seen = off.length === 0 ? 'all on tick' : `off tick: ${off.map(formatPrice).join(', ')}`;
    return outcome(off.length === 0, seen, `tick ${formatScaled(instrument.tickSize)}`);
  },
};
