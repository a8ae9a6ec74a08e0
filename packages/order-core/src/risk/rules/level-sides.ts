import { formatPrice } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';

export const levelSides: Rule<'LEVELS_ON_WRONG_SIDE'> = {
  code: 'LEVELS_ON_WRONG_SIDE',
  text: 'Stop and target lie on their own sides of the entry',
  check({ plan, entryPrice }) {
    const { stop, target } = plan;
    const pass =
      plan.direction === 'long'
        ? stop < entryPrice && entryPrice < target
        : target < entryPrice && entryPrice < stop;
    const order = plan.direction === 'long' ? 'stop < entry < target' : 'target < entry < stop';
    const seen = `stop ${formatPrice(stop)}, entry ${formatPrice(entryPrice)}, target ${formatPrice(target)}`;
    return outcome(pass, seen, order);
  },
};
