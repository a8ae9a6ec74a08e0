import { formatQuantity, formatScaled, isOnLot } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';

export const quantityLot: Rule<'QUANTITY_OFF_LOT'> = {
  code: 'QUANTITY_OFF_LOT',
  text: 'The quantity is a multiple of the lot size',
  check({ plan, instrument }) {
    return outcome(
      isOnLot(plan.quantity, instrument),
      formatQuantity(plan.quantity),
      `lot ${formatScaled(instrument.lotSize)}`,
    );
  },
};
