import type { Quote } from '@ballast/domain';
import { scaledOrNull } from '../format/number.ts';

/** Ask − bid in hundredths of a percent of the middle, as decimal text; null without both sides. */
export function spreadBasisPoints(quote: Quote | null): string | null {
  const bid = scaledOrNull(quote?.bid);
  const ask = scaledOrNull(quote?.ask);
  if (bid === null || ask === null || bid + ask <= 0n) return null;
  const thousandths = ((ask - bid) * 2n * 10_000_000n) / (bid + ask);
  const digits = (thousandths < 0n ? -thousandths : thousandths).toString().padStart(4, '0');
  return `${thousandths < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}
