import { formatPrice, type Price, targetsOf } from '@ballast/domain';
import { outcome, quotedPrice, type Rule, type RuleInput } from '../facts.ts';

/** A stop that the market is beyond already would close the position as soon as it is entered. */
export const levelSides: Rule<'LEVELS_ON_WRONG_SIDE'> = {
  code: 'LEVELS_ON_WRONG_SIDE',
  text: 'Stop and target lie on their own sides of the entry',
  check(input) {
    const { plan, entryPrice } = input;
    const long = plan.direction === 'long';
    const targets = targetsOf(plan).map(({ price }) => price);
    const nearest = nearestFill(input);
    const levels = [plan.stop, entryPrice, ...targets];
    const apart = isRising(long ? levels : levels.toReversed());
    const clear = long ? plan.stop < nearest : plan.stop > nearest;
    const order = long
      ? 'stop < entry < targets (nearest first)'
      : 'targets (nearest first) < entry < stop';
    const shown = targets.map(formatPrice).join(', ') || 'none';
    const from = nearest === entryPrice ? '' : ` from ${formatPrice(nearest)}`;
    const entry = `entry ${formatPrice(entryPrice)}${from}`;
    const seen = `stop ${formatPrice(plan.stop)}, ${entry}, target ${shown}`;
    return outcome(apart && clear, seen, order);
  },
};

/**
 * The price nearest to the stop at which the entry may fill: a limit that the market has reached
 * fills at the market's price, a stop-limit from its trigger on.
 */
function nearestFill({ plan, facts, entryPrice }: RuleInput): Price {
  const { entry } = plan;
  const long = plan.direction === 'long';
  let other: Price | null = null;
  if (entry.type === 'stopLimit') other = entry.triggerPrice;
  if (entry.type === 'limit' && facts.quote !== null) {
    other = quotedPrice(long ? facts.quote.ask : facts.quote.bid);
  }
  if (other === null) return entryPrice;
  return (long ? other < entryPrice : other > entryPrice) ? other : entryPrice;
}

function isRising(levels: readonly Price[]): boolean {
  return levels.every((level, index) => index === 0 || (levels[index - 1] ?? level) < level);
}
