/** Bars after which less than 0.1 % is left of what an exponential average began with. */
export function forgottenByEma(period: number): number {
  return 4 * period;
}

/** The same for Wilder's smoothing (average true range, relative strength): e^-7. */
export function forgottenByWilder(period: number): number {
  return 7 * period;
}

/** The same for the directional index, which smooths what is smoothed: 11 e^-10. */
export function forgottenByAdx(period: number): number {
  return 10 * period;
}

/**
 * Bars after which nothing is left of it in 9 digits, for a model with this warm-up: the slowest
 * leaves e^-4 after each. Two runs that have both seen as many say the same numbers.
 */
export function forgottenWholly(warmUp: number): number {
  return 6 * warmUp;
}

/** Counts the bar at `place`; true from the first bar after the warm-up on. */
export function countBar(state: Float64Array, place: number, warmUp: number): boolean {
  const seen = state[place] ?? 0;
  if (seen >= warmUp) return true;
  state[place] = seen + 1;
  return false;
}
