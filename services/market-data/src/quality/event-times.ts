/** A venue's clock may be ahead of ours by this much; the trade filter allows the same. */
const AHEAD_MAX_MS = 10_000;
/** Venues with several matching engines tell their events this much out of order. */
const BACKWARDS_MAX_MS = 1_000;

/** When something was by its source's clock, and when it came by ours; epoch ms. */
export type Timed = { readonly eventTime: number; readonly receivedTime: number };

/** The event times of one kind of event of one instrument. */
export class EventTimes {
  #newest = 0;

  judge({ eventTime, receivedTime }: Timed): 'TIME_AHEAD' | 'TIME_BACKWARDS' | null {
    // It does not become the newest: everything after it would be backwards.
    if (eventTime > receivedTime + AHEAD_MAX_MS) return 'TIME_AHEAD';
    if (eventTime >= this.#newest) this.#newest = eventTime;
    else if (eventTime < this.#newest - BACKWARDS_MAX_MS) return 'TIME_BACKWARDS';
    return null;
  }
}
