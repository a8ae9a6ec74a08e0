import {
  divideScaled,
  formatScaled,
  multiplyScaled,
  priceDistance,
  targetsOf,
} from '@ballast/domain';
import { outcome, quotedPrice, type Rule } from '../facts.ts';

const HUNDRED = 100n * 10n ** 18n;

export const priceBand: Rule<'PRICE_OUT_OF_BAND'> = {
  code: 'PRICE_OUT_OF_BAND',
  text: 'No price of the plan is far from the market (a slipped digit)',
  check({ plan, facts, entryPrice }) {
    const percent = (share: bigint): string => formatScaled(multiplyScaled(share, HUNDRED, 'ceil'));
    const { priceBand: band } = facts.limits;
    const limit = `${percent(band)} % from last`;
    if (facts.quote === null) return outcome(false, 'no quote', limit);
    const last = quotedPrice(facts.quote.last);
    if (last === null) return outcome(false, `last price "${facts.quote.last}"`, limit);
    const targets = targetsOf(plan).map(({ price }) => price);
    const trigger = 'triggerPrice' in plan.entry ? [plan.entry.triggerPrice] : [];
    const shares = [plan.stop, ...targets, entryPrice, ...trigger].map((price) =>
      divideScaled(priceDistance(price, last), last, 'ceil'),
    );
    const furthest = shares.reduce((a, b) => (a > b ? a : b));
    const shown = (Number(percent(furthest)) || 0).toFixed(2);
    return outcome(furthest <= band, `${shown} % from ${facts.quote.last}`, limit);
  },
};
