import type { Series } from './track.ts';

/** Every moment at which a bar of any of these opens, once, rising; epoch ms. */
export function timelineOf(all: readonly Pick<Series, 'bars'>[]): Float64Array {
  const [only, ...others] = all;
  if (only === undefined) return new Float64Array(0);
  if (others.length === 0) return only.bars.openTime;
  let times = only.bars.openTime;
  for (const { bars } of others) times = united(times, bars.openTime);
  return times;
}

/** Both rise; the first itself where the second adds nothing to it. */
function united(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  let [length, inA, inB] = [0, 0, 0];
  while (inA < a.length || inB < b.length) {
    const [first, second] = [a[inA] ?? Infinity, b[inB] ?? Infinity];
    both[length] = Math.min(first, second);
    length += 1;
    if (first <= second) inA += 1;
    if (second <= first) inB += 1;
  }
  return length === a.length ? a : both.slice(0, length);
}
