import type { Columns } from './indicator.ts';

export type ColumnsFault = {
  readonly row: number;
  readonly reason: 'LENGTHS_DIFFER' | 'NOT_FINITE' | 'TIME_NOT_ASCENDING' | 'OUTSIDE_LOW_TO_HIGH';
};

/**
 * The first row that no indicator should be given, or null. A negative volume counts as not finite:
 * it is no quantity. Unequal lengths are told at the shortest.
 */
export function faultOf(columns: Columns): ColumnsFault | null {
  const { openTime, open, high, low, close, volume } = columns;
  const lengths = [openTime, open, high, low, close, volume].map((column) => column.length);
  const shortest = Math.min(...lengths);
  if (shortest !== Math.max(...lengths)) return { row: shortest, reason: 'LENGTHS_DIFFER' };
  let previous = -Infinity;
  for (let row = 0; row < shortest; row++) {
    const time = openTime[row] ?? NaN;
    const top = high[row] ?? NaN;
    const bottom = low[row] ?? NaN;
    const first = open[row] ?? NaN;
    const last = close[row] ?? NaN;
    const traded = volume[row] ?? NaN;
    if (!Number.isFinite(time + top + bottom + first + last + traded) || traded < 0) {
      return { row, reason: 'NOT_FINITE' };
    }
    if (time <= previous) return { row, reason: 'TIME_NOT_ASCENDING' };
    if (Math.max(first, last) > top || Math.min(first, last) < bottom) {
      return { row, reason: 'OUTSIDE_LOW_TO_HIGH' };
    }
    previous = time;
  }
  return null;
}
