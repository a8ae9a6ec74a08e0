import { KNOWN, KNOWN_SIZE } from './model.ts';

/**
 * Values of one kind as they became known, rising by time (epoch ms). `of` is a place of KNOWN.
 * Those of `fundingRate` are settlements too: what is held then pays, or is paid.
 */
export type KnownColumn = {
  readonly of: keyof typeof KNOWN;
  readonly knownAt: Float64Array;
  readonly value: Float64Array;
  /**
   * Of which time each speaks, rising, where it was not known at once: its age counts from then,
   * and so is funding settled.
   */
  readonly at?: Float64Array;
};

/** What is known beside the bars at the moment that a track has come to. */
export class Known {
  /** By the places of KNOWN; NaN where nothing is known. */
  readonly values = new Float64Array(KNOWN_SIZE).fill(NaN);
  /** Of which time they speak, by the same places. */
  readonly since = new Float64Array(KNOWN_SIZE).fill(NaN);
  readonly #columns: readonly KnownColumn[];
  readonly #rows: Int32Array;
  readonly #funding: KnownColumn | null;
  #settled = 0;

  constructor(columns: readonly KnownColumn[]) {
    this.#columns = columns;
    this.#rows = new Int32Array(columns.length);
    this.#funding = columns.find(({ of }) => of === 'fundingRate') ?? null;
  }

  /** How many kinds of values are known beside the bars. */
  get columns(): number {
    return this.#columns.length;
  }

  get isFunded(): boolean {
    return this.#funding !== null;
  }

  /** All that was known by `now`. */
  moveTo(now: number): void {
    for (let index = 0; index < this.#columns.length; index += 1) {
      const column = this.#columns[index];
      if (column === undefined) continue;
      let row = this.#rows[index] ?? 0;
      while ((column.knownAt[row] ?? Infinity) <= now) row += 1;
      this.#rows[index] = row;
      if (row === 0) continue;
      this.values[KNOWN[column.of]] = column.value[row - 1] ?? NaN;
      this.since[KNOWN[column.of]] = (column.at ?? column.knownAt)[row - 1] ?? NaN;
    }
  }

  /** The funding of all settlements since the last call, up to and with `until`, as one rate. */
  settle(until: number): number {
    const funding = this.#funding;
    if (funding === null) return 0;
    const { at = funding.knownAt } = funding;
    let rate = 0;
    while ((at[this.#settled] ?? Infinity) <= until) {
      rate += funding.value[this.#settled] ?? 0;
      this.#settled += 1;
    }
    return rate;
  }
}
