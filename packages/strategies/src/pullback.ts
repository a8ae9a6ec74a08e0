/**
 * Whether a pullback to an average has ended on this bar: the price was `away` from it on the
 * trend's side, came back and `touched` it, and closed `beyond` it on that side all the same.
 * `place` holds whether it was away. Once a bar.
 */
export function pullbackEnds(
  state: Float64Array,
  place: number,
  touched: boolean,
  beyond: boolean,
  away: boolean,
): boolean {
  if (touched) {
    const wasAway = state[place] === 1;
    state[place] = 0;
    return wasAway && beyond;
  }
  if (away) state[place] = 1;
  return false;
}
