import type { MinuteBar } from './klines.ts';
import { correctTrade, type Market } from './market.ts';
import { sharersOf, type Venue } from './venue.ts';

/**
 * Corrects a public trade wherever it is traded, or takes it back (null). Returns the bar of its
 * minute as it is now at `market`; null when it is too long ago.
 */
export function correctPrint(
  venue: Venue,
  market: Market,
  sequence: number,
  to: { readonly priceTicks: number; readonly sizeLots: number } | null,
): MinuteBar | null {
  let corrected: MinuteBar | null = null;
  for (const { markets } of sharersOf(venue)) {
    const its = markets.get(market.symbol);
    if (its === undefined) continue;
    const bar = correctTrade(its, sequence, to);
    if (its === market) corrected = bar;
  }
  return corrected;
}
