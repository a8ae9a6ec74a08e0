import { formatScaled, type Quote } from '@ballast/domain';
import { askTicks, bidTicks, type Costs, snapped } from './costs.ts';
import { priceOf } from './terms.ts';
import type { Track } from './track.ts';

/** What the market of an instrument shows, as text where somebody reads it. */
export class ShownQuote implements Quote {
  readonly instrument: Quote['instrument'];
  readonly source = 'replay';
  readonly eventTime: number;
  readonly receivedTime: number;
  readonly #track: Track;
  readonly #costs: Costs;
  /** The price that it is the quote of. */
  readonly #shown: number;

  constructor(track: Track, costs: Costs, now: number) {
    this.instrument = track.instrument.id;
    this.eventTime = now;
    this.receivedTime = now;
    this.#track = track;
    this.#costs = costs;
    this.#shown = track.shown;
  }

  get bid(): string {
    const { terms } = this.#track;
    return formatScaled(priceOf(bidTicks(this.#shown, terms, this.#costs), terms));
  }

  get ask(): string {
    const { terms } = this.#track;
    return formatScaled(priceOf(askTicks(this.#shown, terms, this.#costs), terms));
  }

  get last(): string {
    return formatScaled(snapped(this.#shown, this.#track.terms));
  }

  get bidQuantity(): string {
    return formatScaled(this.#track.instrument.maxQuantity);
  }

  get askQuantity(): string {
    return this.bidQuantity;
  }
}
