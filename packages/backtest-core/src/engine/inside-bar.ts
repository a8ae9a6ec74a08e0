import type { Track } from './track.ts';
import type { TradeDesk } from './trade-desk.ts';

/** More levels than a trade can have: a bar that never comes to rest is a fault of ours. */
const LEVELS_MAX = 64;

/**
 * What a bar's high and low do to the orders of an instrument after its open. In which order they
 * came nobody knows: the side on which a trade loses is taken first.
 */
export function walkBar(desk: TradeDesk, track: Track, row: number, at: number): void {
  const { high, low } = track.bars;
  const [top, bottom] = [high[row] ?? NaN, low[row] ?? NaN];
  const isLong = desk.tradeOf(track.instrument.id)?.plan.direction !== 'short';
  for (const falls of isLong ? [true, false] : [false, true]) {
    for (let level = 0; level < LEVELS_MAX; level += 1) {
      const reached = falls ? track.below >= bottom : track.above <= top;
      if (!reached) break;
      const price = falls ? track.below : track.above;
      desk.print(track, price, at);
      // A level that the print has not used up would be met again and again.
      if ((falls ? track.below : track.above) === price) break;
    }
  }
  follow(desk, track, isLong ? top : bottom, at);
}

/** A trailing stop follows the best price of the bar, for the bars to come. */
function follow(desk: TradeDesk, track: Track, best: number, at: number): void {
  const trade = desk.tradeOf(track.instrument.id);
  if (trade?.plan.takeProfit.style === 'trailing') desk.print(track, best, at);
}
