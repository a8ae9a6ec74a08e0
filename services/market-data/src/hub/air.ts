/** What was heard of one instrument from one source; times epoch ms by our clock. */
export type Heard = {
  /** Since when the feed has been live; null when it is not. */
  liveSince: number | null;
  lastAt: number;
  /** How much another source has told since this one last did. */
  missed: number;
};

/** A source that says nothing for this long, while another tells MISSED_MIN times, is mute. */
const MUTE_MS = 5_000;
const MISSED_MIN = 3;
/** A better source that is back is taken when it has been fit for this long. */
const RETURN_AFTER_MS = 10_000;

export function isFit({ liveSince, lastAt, missed }: Heard, now: number): boolean {
  if (liveSince === null) return false;
  return missed < MISSED_MIN || now - Math.max(lastAt, liveSince) <= MUTE_MS;
}

/**
 * Which of an instrument's sources is on the air: the first that is fit. Leaving one that is not is
 * immediate, going back to a better one waits: a source that comes and goes is not followed.
 */
export class Air {
  #index = 0;
  #better: { readonly index: number; readonly since: number } | null = null;

  get index(): number {
    return this.#index;
  }

  /** The sources are in another order. */
  moveTo(index: number): void {
    this.#index = index;
    this.#better = null;
  }

  /** @param heard in the order of preference; @returns whether another is on the air now */
  choose(heard: readonly Heard[], now: number): boolean {
    const first = heard.findIndex((one) => isFit(one, now));
    const current = heard[this.#index];
    if (first === -1 || first === this.#index) {
      this.#better = null;
      return false;
    }
    const isHeld = first < this.#index && current !== undefined && isFit(current, now);
    if (isHeld) {
      if (this.#better?.index !== first) this.#better = { index: first, since: now };
      if (now - this.#better.since < RETURN_AFTER_MS) return false;
    }
    this.#better = null;
    this.#index = first;
    return true;
  }
}
