import { type Bar, TIMEFRAME_MS } from '@ballast/domain';

/** The longest run of 1-minute bars without a hole that ends with the newest bar. */
export function unbrokenEnd(bars: readonly Bar[]): readonly Bar[] {
  let from = bars.length - 1;
  while (from > 0) {
    const later = bars[from];
    const earlier = bars[from - 1];
    if (later === undefined || earlier?.openTime !== later.openTime - TIMEFRAME_MS['1m']) break;
    from -= 1;
  }
  return bars.slice(Math.max(from, 0));
}
