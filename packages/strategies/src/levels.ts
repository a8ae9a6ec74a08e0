import type { Signal, TradeDirection } from '@ballast/domain';
import type { Model } from './model.ts';

/**
 * The level on the losing and the winning side of `entry`, or null when a distance is not a real
 * one or takes a level to zero: no trade can be planned from that.
 */
export function levelsAround(
  direction: TradeDirection,
  entry: number,
  distance: { readonly stop: number; readonly target: number },
): Signal['level'] | null {
  const sign = direction === 'long' ? 1 : -1;
  const stop = entry - sign * distance.stop;
  const target = entry + sign * distance.target;
  const usable =
    Number.isFinite(stop) && Number.isFinite(target) && distance.stop > 0 && distance.target > 0;
  return usable && stop > 0 && target > 0 ? { entry, stop, target } : null;
}

/** Numbers of a state by their names. */
export function numbersAt(
  state: Float64Array,
  at: number,
  places: Readonly<Record<string, number>>,
): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const name in places) numbers[name] = state[at + (places[name] ?? NaN)] ?? NaN;
  return numbers;
}

/**
 * Entry at the close; stop and target so many average true ranges away. Its inputs are the numbers
 * that the step has left at `seen`, the average true range among them.
 */
export function rangedOpinion(
  seen: Readonly<Record<string, number>> & { readonly averageTrueRange: number },
  distance: { readonly stopRanges: number; readonly targetRanges: number },
): Model['opinion'] {
  const { stopRanges, targetRanges } = distance;
  return (state, at, direction, { close }, row) => {
    const entry = close[row] ?? NaN;
    const range = state[at + seen.averageTrueRange] ?? NaN;
    const around = { stop: stopRanges * range, target: targetRanges * range };
    const level = levelsAround(direction, entry, around);
    if (level === null) return null;
    const inputs = { close: entry, ...numbersAt(state, at, seen), stopRanges, targetRanges };
    return { direction, level, inputs };
  };
}

/**
 * Entry at the close, target at a mean that lies on the winning side of it, stop so many average
 * true ranges away. Null where the close is past the mean.
 */
export function towardsMean(
  seen: Readonly<Record<string, number>> & {
    readonly averageTrueRange: number;
    readonly mean: number;
  },
  stopRanges: number,
): Model['opinion'] {
  return (state, at, direction, { close }, row) => {
    const entry = close[row] ?? NaN;
    const range = state[at + seen.averageTrueRange] ?? NaN;
    const way = (state[at + seen.mean] ?? NaN) - entry;
    const around = { stop: stopRanges * range, target: direction === 'long' ? way : -way };
    const level = levelsAround(direction, entry, around);
    if (level === null) return null;
    const inputs = { close: entry, ...numbersAt(state, at, seen), stopRanges };
    return { direction, level, inputs };
  };
}
