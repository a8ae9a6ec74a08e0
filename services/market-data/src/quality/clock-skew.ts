import type { Timed } from './event-times.ts';

/** An event cannot be known before it happens: more than this ahead and two clocks differ. */
const AHEAD_MS = 500;
/** On its way for longer than this is a clock behind, or data that is not live. */
const BEHIND_MS = 2_000;
const WINDOW_MS = 30_000;
/** Fewer events say nothing of a window. */
const EVENTS_MIN = 20;
/** One window may hold what a new subscription tells of the past. */
const WINDOWS_NEEDED = 2;

export type Skew = {
  readonly direction: 'ahead' | 'behind';
  readonly events: number;
  readonly skewed: number;
  /** Receipt minus event, ms. */
  readonly meanLagMs: number;
  readonly minLagMs: number;
  readonly maxLagMs: number;
};

/**
 * The clock of one source against ours, by the middle of the lags of a window: skewed when more
 * than half of its events are ahead, or behind, in two windows one after the other. Single packets
 * that are late, or dated into the future, do not matter.
 */
export class ClockSkewRule {
  #from = 0;
  #events = 0;
  #ahead = 0;
  #behind = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #skewedBefore: Skew['direction'] | null = null;
  #windows = 0;

  onEvent({ eventTime, receivedTime }: Timed): Skew | null {
    const skew = receivedTime - this.#from >= WINDOW_MS ? this.#turn(receivedTime) : null;
    const lag = receivedTime - eventTime;
    this.#events += 1;
    this.#sum += lag;
    if (lag < -AHEAD_MS) this.#ahead += 1;
    else if (lag > BEHIND_MS) this.#behind += 1;
    if (lag < this.#min) this.#min = lag;
    if (lag > this.#max) this.#max = lag;
    return skew;
  }

  /** Ends a window and begins the next one. */
  #turn(at: number): Skew | null {
    const direction = this.#direction();
    this.#windows = direction !== null && direction === this.#skewedBefore ? this.#windows + 1 : 1;
    this.#skewedBefore = direction;
    const skew =
      direction === null || this.#windows < WINDOWS_NEEDED
        ? null
        : {
            direction,
            events: this.#events,
            skewed: direction === 'ahead' ? this.#ahead : this.#behind,
            meanLagMs: Math.round(this.#sum / this.#events),
            minLagMs: this.#min,
            maxLagMs: this.#max,
          };
    this.#from = at;
    this.#events = 0;
    this.#ahead = 0;
    this.#behind = 0;
    this.#sum = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = Number.NEGATIVE_INFINITY;
    return skew;
  }

  #direction(): Skew['direction'] | null {
    if (this.#events < EVENTS_MIN) return null;
    if (2 * this.#ahead > this.#events) return 'ahead';
    return 2 * this.#behind > this.#events ? 'behind' : null;
  }
}
