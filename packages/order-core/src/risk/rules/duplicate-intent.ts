import { type TradePlan, tradePlanToWire } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';

/**
 * The command's id catches a repeated command; this catches the same wish under a new id, whoever
 * repeats it.
 */
export const duplicateIntent: Rule<'DUPLICATE_INTENT'> = {
  code: 'DUPLICATE_INTENT',
  text: 'The same trade was not asked for a moment ago',
  check({ plan, facts: { now, history, limits } }) {
    const limit = `not twice within ${limits.duplicateWithinMs} ms`;
    if (history === null) return outcome(false, 'recent trades unknown', limit);
    const wish = wishOf(plan);
    const ages = history.recentPlans
      .filter((recent) => isLike(recent.plan, plan) && wishOf(recent.plan) === wish)
      .map(({ createdAt }) => Math.max(0, now - createdAt));
    const newest = ages.length === 0 ? null : Math.min(...ages);
    if (newest === null) return outcome(true, 'no such trade lately', limit);
    return outcome(newest > limits.duplicateWithinMs, `same trade ${newest} ms ago`, limit);
  },
};

/** Tells most apart without spelling them out. */
function isLike(a: TradePlan, b: TradePlan): boolean {
  return a.instrument === b.instrument && a.quantity === b.quantity;
}

/** Instrument, direction, levels and quantity: not who wants it, nor until when. */
function wishOf(plan: TradePlan): string {
  const { instrument, direction, entry, stop, takeProfit, quantity } = tradePlanToWire(plan);
  return JSON.stringify([instrument, direction, entry, stop, takeProfit, quantity]);
}
