import { formatQuantity } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';

export const quantityRange: Rule<'QUANTITY_OUT_OF_RANGE'> = {
  code: 'QUANTITY_OUT_OF_RANGE',
  text: 'The quantity is within what the venue takes in one order',
  check({ plan, instrument }) {
    const { minQuantity, maxQuantity } = instrument;
    return outcome(
      plan.quantity >= minQuantity && plan.quantity <= maxQuantity,
      formatQuantity(plan.quantity),
      `${formatQuantity(minQuantity)} to ${formatQuantity(maxQuantity)}`,
    );
  },
};
