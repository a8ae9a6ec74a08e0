import { formatQuantity } from '@ballast/domain';
import { exitParts } from '../exit-parts.ts';
import { outcome, type Rule } from '../facts.ts';

/** Below the venue's least quantity a part could be neither protected nor taken out by itself. */
export const slotQuantity: Rule<'SLOT_TOO_SMALL'> = {
  code: 'SLOT_TOO_SMALL',
  text: 'Each part of a scaled exit is an order that the venue takes',
  check(input) {
    const { instrument } = input;
    const parts = exitParts(input);
    if (parts.length < 2) return outcome(true, 'one part', 'as the whole quantity');
    const least = parts.reduce((a, b) => (a < b ? a : b));
    return outcome(
      least >= instrument.minQuantity,
      parts.map(formatQuantity).join(' + '),
      `each at least ${formatQuantity(instrument.minQuantity)}`,
    );
  },
};
