import { type BarColumns, emptyColumns, firstOf } from './bar-columns.ts';
import type { WideTimeframe } from './timeframe.ts';

/**
 * Where the wide bars of one instrument after the other are put, so that a universe is rolled up
 * on the memory of one: fresh memory for each costs as much as the sums. What was rolled up on it
 * holds until the next roll-up on it.
 */
export type RollUpMemory = {
  /** Columns for at least as many bars; what is in them is of the last roll-up. */
  room(timeframe: WideTimeframe, bars: number): BarColumns;
  /** The first `bars` of them. */
  first(timeframe: WideTimeframe, bars: number): BarColumns;
};

export function createRollUpMemory(): RollUpMemory {
  const rooms = new Map<WideTimeframe, BarColumns>();
  const firsts = new Map<WideTimeframe, BarColumns>();

  function room(timeframe: WideTimeframe, bars: number): BarColumns {
    const known = rooms.get(timeframe);
    if (known !== undefined && known.length >= bars) return known;
    const wider = emptyColumns(bars);
    rooms.set(timeframe, wider);
    firsts.delete(timeframe);
    return wider;
  }

  return {
    room,
    first(timeframe, bars) {
      // Instruments of one stretch have as many bars: their views are made once.
      const known = firsts.get(timeframe);
      if (known?.length === bars) return known;
      const views = firstOf(room(timeframe, bars), bars);
      firsts.set(timeframe, views);
      return views;
    },
  };
}
