/*
 * Both functions are as small as they are so that the engine makes them part of the code of every
 * step that calls them: otherwise it would put each number that crosses the call into an object.
 */

/** Where `value` lies between `none`, which is 0, and `full`, which is 1; either may be lower. */
export function share(value: number, none: number, full: number): number {
  return (value - none) / (full - none);
}

/** Points of a score: none up to a share of 0, `most` from a share of 1 on. NaN stays NaN. */
export function points(part: number, most: number): number {
  return part <= 0 ? 0 : part >= 1 ? most : part * most;
}
