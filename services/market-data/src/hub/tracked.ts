import type { Bar, Instrument, PublicTrade, Quote } from '@ballast/domain';
import { Air } from './air.ts';
import { COMPARED_MAX } from './bar-builder.ts';
import { hasNumbersOf, mayCorrect } from './bar-comparison.ts';
import type { Lane } from './lane.ts';

/** An instrument with the sources that tell of it, in the order of preference. */
export class Tracked {
  readonly instrument: Instrument;
  #lanes: readonly Lane[];
  readonly #trades = new Air();
  readonly #quotes = new Air();
  /** Of as many minutes as are compared: another source's bar must not be corrected unseen. */
  readonly #published = new Map<number, Bar>();
  hasQuote = false;

  /** @throws Error when no source is given */
  constructor(instrument: Instrument, lanes: readonly Lane[]) {
    if (lanes.length === 0) throw new Error(`no source tells of ${instrument.id}`);
    this.instrument = instrument;
    this.#lanes = lanes;
  }

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  /**
   * Sources have come or gone: who is on the air stays, if it is one of these.
   * @throws Error when no source is given
   */
  setLanes(lanes: readonly Lane[], now: number): void {
    if (lanes.length === 0) throw new Error(`no source tells of ${this.instrument.id}`);
    const { onAir, quotesFrom } = this;
    this.#trades.moveTo(Math.max(0, lanes.indexOf(onAir)));
    this.#quotes.moveTo(Math.max(0, lanes.indexOf(quotesFrom)));
    this.#lanes = lanes;
    for (const lane of lanes) lane.compareFrom(now);
  }

  /** Whose trades and bars count. */
  get onAir(): Lane {
    return this.#laneAt(this.#trades.index);
  }

  get quotesFrom(): Lane {
    return this.#laneAt(this.#quotes.index);
  }

  laneOf(source: Lane['source']): Lane | undefined {
    return this.lanes.find((lane) => lane.source === source);
  }

  /** @returns the lane that was on the air until now, when it is another's turn */
  chooseAir(now: number): Lane | null {
    if (this.lanes.length === 1) return null;
    this.#quotes.choose(
      this.lanes.map(({ quotes }) => quotes),
      now,
    );
    const before = this.onAir;
    const changed = this.#trades.choose(
      this.lanes.map(({ trades }) => trades),
      now,
    );
    return changed ? before : null;
  }

  published(bar: Bar): void {
    this.#published.set(bar.openTime, bar);
    if (this.#published.size <= COMPARED_MAX) return;
    this.#published.delete(Math.min(...this.#published.keys()));
  }

  publishedAt(openTime: number): Bar | undefined {
    return this.#published.get(openTime);
  }

  /**
   * Whether what a source says anew of a minute corrects what went out: another's may have taken
   * its place, and the source's own bar that of what was made of its trades. The same numbers
   * correct nothing.
   */
  isCorrectedBy(bar: Bar): boolean {
    const published = this.#published.get(bar.openTime);
    if (published === undefined) return true;
    if (published.source !== bar.source || hasNumbersOf(published, bar)) return false;
    return mayCorrect(bar, published);
  }

  #laneAt(index: number): Lane {
    const lane = this.lanes[index];
    if (lane === undefined) throw new Error(`${this.instrument.id} has no lane ${index}`);
    return lane;
  }
}

/** What leaves the hub. */
export type Outlet = {
  trade(trade: PublicTrade): void;
  quote(quote: Quote): void;
  /** @param inOrder false: older than one that went out before; to be stored, not published */
  bar(bar: Bar, inOrder: boolean): void;
};
