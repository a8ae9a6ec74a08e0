import { formatPrice, targetsOf } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';

export const levelSides: Rule<'LEVELS_ON_WRONG_SIDE'> = {
  code: 'LEVELS_ON_WRONG_SIDE',
  text: 'Stop and target lie on their own sides of the entry',
  check({ plan, entryPrice }) {
    const { stop } = plan;
    const targets = targetsOf(plan).map(({ price }) => price);
    const levels = [stop, entryPrice, ...targets];
    const rising = levels.every(
      (level, index) => index === 0 || (levels[index - 1] ?? level) < level,
    );
    const falling = levels.every(
      (level, index) => index === 0 || (levels[index - 1] ?? level) > level,
    );
    const pass = plan.direction === 'long' ? rising : falling;
    const order =
      plan.direction === 'long'
        ? 'stop < entry < targets (nearest first)'
        : 'targets (nearest first) < entry < stop';
    const shown = targets.map(formatPrice).join(', ') || 'none';
    const seen = `stop ${formatPrice(stop)}, entry ${formatPrice(entryPrice)}, target ${shown}`;
    return outcome(pass, seen, order);
  },
};
