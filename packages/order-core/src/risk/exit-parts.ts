import type { Quantity } from '@ballast/domain';
import { capacities } from '../slots.ts';
import type { RuleInput } from './facts.ts';

/** In what quantities the planned position leaves, on the lot: one where it leaves at once. */
export function exitParts({ plan, instrument }: RuleInput): readonly Quantity[] {
  return capacities({ plan, instrument });
}
