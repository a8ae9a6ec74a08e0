/** Scores are told apart to a tenth of a point: below that lies chance. */
const TENTHS = 1_000;
const UNRANKED = -1;

/**
 * Ranks up to so many scores from 0 to 100: 1 for the highest, one more than there are better ones
 * for the others, 0 for those without one (NaN) and those of another bar. Counted, not compared.
 */
export class Ranking {
  /** How many have so many tenths; then, how many have more. */
  readonly #above = new Int32Array(TENTHS + 1);
  readonly #tenths: Int32Array;

  constructor(places: number) {
    this.#tenths = new Int32Array(places);
  }

  /** Those of the first `places` whose bar is that of `openTime`. */
  rank(
    ranks: Int32Array,
    scores: Float64Array,
    { openTimes, openTime, places }: { openTimes: Float64Array; openTime: number; places: number },
  ): void {
    const [above, tenths] = [this.#above, this.#tenths];
    above.fill(0);
    for (let place = 0; place < places; place += 1) {
      const score = scores[place] ?? NaN;
      const isRanked = score >= 0 && openTimes[place] === openTime;
      const tenth = isRanked ? Math.trunc(Math.min(score * 10, TENTHS)) : UNRANKED;
      tenths[place] = tenth;
      if (isRanked) above[tenth] = (above[tenth] ?? 0) + 1;
    }
    let better = 0;
    for (let tenth = TENTHS; tenth >= 0; tenth -= 1) {
      const here = above[tenth] ?? 0;
      above[tenth] = better;
      better += here;
    }
    for (let place = 0; place < places; place += 1) {
      const tenth = tenths[place] ?? UNRANKED;
      ranks[place] = tenth === UNRANKED ? 0 : 1 + (above[tenth] ?? 0);
    }
  }
}
