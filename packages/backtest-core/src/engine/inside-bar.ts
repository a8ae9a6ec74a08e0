import { TIMEFRAME_MS } from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import type { Track } from './track.ts';
import type { TradeDesk } from './trade-desk.ts';

/** More levels than a trade can have: a bar that never comes to rest is a fault of ours. */
const LEVELS_MAX = 64;

/**
 * What a bar does to the orders of an instrument after its open. Where finer bars are known they
 * say in which order its prices came; else nobody knows, and the side on which a trade loses is
 * taken first. So it is with a high or a low that the finer bars lack.
 */
export function walkBar(desk: TradeDesk, track: Track, row: number, at: number): void {
  const { finer, timeframe, bars } = track;
  const first = finer === undefined ? 0 : rowFrom(finer.openTime, at);
  const end = at + TIMEFRAME_MS[timeframe];
  if (finer === undefined || !((finer.openTime[first] ?? Infinity) < end)) {
    return walk(desk, track, { of: bars, row }, at);
  }
  let [highest, lowest] = [-Infinity, Infinity];
  for (let inner = first; (finer.openTime[inner] ?? Infinity) < end; inner += 1) {
    const time = finer.openTime[inner] ?? at;
    const open = finer.open[inner] ?? NaN;
    if (inner > first && (open <= track.below || open >= track.above))
      desk.print(track, open, time);
    walk(desk, track, { of: finer, row: inner }, time);
    highest = Math.max(highest, finer.high[inner] ?? NaN);
    lowest = Math.min(lowest, finer.low[inner] ?? NaN);
  }
  const isWhole = highest >= (bars.high[row] ?? NaN) && lowest <= (bars.low[row] ?? NaN);
  if (!isWhole) walk(desk, track, { of: bars, row }, at);
}

/** The first row that opens at or after a time. */
function rowFrom(openTime: Float64Array, at: number): number {
  let [from, to] = [0, openTime.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((openTime[middle] ?? Infinity) < at) from = middle + 1;
    else to = middle;
  }
  return from;
}

function walk(
  desk: TradeDesk,
  track: Track,
  { of: { high, low }, row }: { readonly of: Columns; readonly row: number },
  at: number,
): void {
  const [top, bottom] = [high[row] ?? NaN, low[row] ?? NaN];
  const isLong = desk.openingOf(track.instrument.id)?.direction !== 'short';
  for (const falls of isLong ? [true, false] : [false, true]) {
    let met = NaN;
    for (let level = 0; level < LEVELS_MAX; level += 1) {
      const reached = falls ? track.below >= bottom : track.above <= top;
      if (!reached) break;
      const price = falls ? track.below : track.above;
      desk.print(track, price, at);
      // What was sent at this very price is met too, as a target that has taken its stop's place;
      // a level that is there even then would be met again and again.
      if ((falls ? track.below : track.above) === price && price === met) break;
      met = price;
    }
  }
  follow(desk, track, isLong ? top : bottom, at);
}

/** A trailing stop follows the best price of the bar, for the bars to come. */
function follow(desk: TradeDesk, track: Track, best: number, at: number): void {
  if (track.follows) desk.print(track, best, at);
}
