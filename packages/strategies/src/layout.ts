type Placed = { readonly at: number; start(state: Float64Array, at: number): void };

/** Where the parts of a model lie in its state, one after the other. */
export class Layout {
  readonly #placed: Placed[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Room for an indicator; @returns its place, counted from the model's */
  place(indicator: {
    readonly size: number;
    start(state: Float64Array, at: number): void;
  }): number {
    const at = this.#size;
    this.#placed.push({ at, start: (state, place) => indicator.start(state, place) });
    this.#size += indicator.size;
    return at;
  }

  /** Room for a number that begins with `initial`. */
  number(initial = 0): number {
    return this.place({
      size: 1,
      start(state, at) {
        state[at] = initial;
      },
    });
  }

  /** Room for a number that is not known before the first step has written it. */
  unknown(): number {
    return this.number(NaN);
  }

  readonly start = (state: Float64Array, at: number): void => {
    for (const placed of this.#placed) placed.start(state, at + placed.at);
  };
}
