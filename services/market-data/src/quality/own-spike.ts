import type { PublicTrade } from '@ballast/domain';

/** Prints that the band is made of, and how many there must be before one is judged. */
const KEPT = 32;
const NEEDED = 16;
/** The band is made anew after so many prints. */
const ANEW_AFTER = 8;
/** MAD times this is a standard deviation where prices are spread normally. */
const MAD_TO_DEVIATION = 1.4826;
/** Half the width of the band: deviations from the median, and at least this part of it. */
const DEVIATIONS = 12;
const PART_MIN = 0.0075;
/** More prints in a row outside of the band are a market that has moved. */
const RUN_MAX = 3;
/** After a pause as long as this, a session's break say, nothing is known of the price. */
const PAUSE_MAX_MS = 60_000;

export type OwnSpike = {
  readonly trade: PublicTrade;
  readonly prints: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
};

const sorted = new Float64Array(KEPT);

/**
 * The spike of a source that is alone with its instrument: one to three prints far from the median
 * of those before, with the next one back where the price was. It is known with the print that
 * comes back; a price that stays away has moved.
 */
export class OwnSpikeRule {
  readonly #prices = new Float64Array(KEPT);
  #kept = 0;
  #next = 0;
  #sinceBand = 0;
  #median = 0;
  #low = 0;
  #high = Number.POSITIVE_INFINITY;
  #outside: PublicTrade | null = null;
  #run = 0;
  #lastAt = 0;

  /** The spike that this print has shown; null where it shows none. */
  judge(trade: PublicTrade, price: number): OwnSpike | null {
    const pause = trade.receivedTime - this.#lastAt;
    this.#lastAt = trade.receivedTime;
    if (pause > PAUSE_MAX_MS) this.#reset();
    if (this.#kept < NEEDED) {
      this.#keep(price);
      return null;
    }
    if (price < this.#low || price > this.#high) {
      this.#outside ??= trade;
      this.#run += 1;
      if (this.#run > RUN_MAX) {
        this.#reset();
        this.#keep(price);
      }
      return null;
    }
    const spike = this.#outside === null ? null : this.#shown(this.#outside);
    this.#keep(price);
    return spike;
  }

  #shown(trade: PublicTrade): OwnSpike {
    const prints = this.#run;
    this.#outside = null;
    this.#run = 0;
    return { trade, prints, median: this.#median, low: this.#low, high: this.#high };
  }

  #reset(): void {
    this.#kept = 0;
    this.#next = 0;
    this.#sinceBand = 0;
    this.#outside = null;
    this.#run = 0;
  }

  #keep(price: number): void {
    this.#prices[this.#next] = price;
    this.#next = (this.#next + 1) % KEPT;
    if (this.#kept < KEPT) this.#kept += 1;
    this.#sinceBand += 1;
    if (this.#kept === NEEDED || this.#sinceBand >= ANEW_AFTER) this.#makeBand();
  }

  #makeBand(): void {
    this.#sinceBand = 0;
    if (this.#kept < NEEDED) return;
    for (let index = 0; index < this.#kept; index += 1) sorted[index] = this.#prices[index] ?? 0;
    const median = middle(this.#kept);
    for (let index = 0; index < this.#kept; index += 1) {
      sorted[index] = Math.abs((this.#prices[index] ?? 0) - median);
    }
    const deviation = middle(this.#kept) * MAD_TO_DEVIATION;
    const half = Math.max(DEVIATIONS * deviation, PART_MIN * median);
    this.#median = median;
    this.#low = median - half;
    this.#high = median + half;
  }
}

/** The median of the first `length` of `sorted`, which is in no order yet. */
function middle(length: number): number {
  // By insertion: the few values need no array of their own.
  for (let index = 1; index < length; index += 1) {
    const value = sorted[index] ?? 0;
    let place = index;
    while (place > 0 && (sorted[place - 1] ?? 0) > value) {
      sorted[place] = sorted[place - 1] ?? 0;
      place -= 1;
    }
    sorted[place] = value;
  }
  return sorted[length >> 1] ?? 0;
}
