import type { Series } from './track.ts';

/** Every moment at which a bar of any of these opens, once, rising; epoch ms. */
export function timelineOf(all: readonly Pick<Series, 'bars'>[]): Float64Array {
  const [only, ...others] = all;
  if (only === undefined) return new Float64Array(0);
  if (others.length === 0) return only.bars.openTime;
  const times = new Set<number>();
  for (const { bars } of all) for (const time of bars.openTime) times.add(time);
  return Float64Array.from(times).sort();
}
