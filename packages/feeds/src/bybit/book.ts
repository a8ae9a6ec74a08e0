import type { InstrumentId } from '@ballast/domain';
import { compareDecimals, isDecimal, isPositiveDecimal } from '../decimal-check.ts';
import { type FaultSink, type FeedFault, shown } from '../faults.ts';
import type { BookLevel } from '../feed.ts';

type Fault = { readonly code: FeedFault; readonly sample: string };
type Side = { readonly levels: BookLevel[]; readonly order: 1 | -1 };

export type BookState = {
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  readonly sequence: number;
};

export type BookOutcome =
  | { readonly kind: 'changed'; readonly state: BookState }
  /** What is known is not the book any more; a snapshot has to be asked for. Epoch ms. */
  | {
      readonly kind: 'lost';
      readonly from: number | null;
      readonly to: number;
      /** False soon after the last time: a book that is lost over and over is not asked for so. */
      readonly askNow: boolean;
    }
  | { readonly kind: 'unchanged' };

const ASK_EVERY_MS = 10_000;
const UNCHANGED: BookOutcome = { kind: 'unchanged' };

/**
 * The order book of one instrument down to `depth` levels: a snapshot, then deltas numbered without
 * a hole. One change that is missing or cannot be read makes all of it worthless, so it counts as
 * lost until the next snapshot.
 */
export class Book {
  readonly #instrument: InstrumentId;
  readonly #depth: number;
  readonly #isOnTick: (decimal: string) => boolean;
  readonly #fault: FaultSink;
  readonly #bids: Side = { levels: [], order: -1 };
  readonly #asks: Side = { levels: [], order: 1 };
  #sequence: number | null = null;
  #lastTime: number | null = null;
  #waitingSince: number | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    instrument: InstrumentId,
    depth: number,
    isOnTick: (decimal: string) => boolean,
    fault: FaultSink,
  ) {
    this.#instrument = instrument;
    this.#depth = depth;
    this.#isOnTick = isOnTick;
    this.#fault = fault;
  }

  /** Since when a snapshot has been waited for; null when none is. */
  get waitingSince(): number | null {
    return this.#waitingSince;
  }

  /** `eventTime` by the venue's clock, `receivedTime` by ours. */
  apply(type: unknown, data: object, eventTime: number, receivedTime: number): BookOutcome {
    const number: unknown = Reflect.get(data, 'u');
    const lose = (reason: Fault): BookOutcome => this.#lose(reason, eventTime, receivedTime);
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
      return lose({ code: 'FEED_FIELD_INVALID', sample: `u ${shown(number)}` });
    }
    // The venue begins again at 1 after a restart of its own, whatever the frame calls itself.
    if (type === 'snapshot' || number === 1) {
      this.#bids.levels.length = 0;
      this.#asks.levels.length = 0;
    } else if (this.#sequence === null) {
      return this.#withoutSnapshot(receivedTime);
    } else if (number <= this.#sequence) {
      const sample = `${this.#instrument} book ${number} after ${this.#sequence}`;
      this.#fault('FEED_SEQUENCE_REPEATED', sample, this.#instrument);
      return UNCHANGED;
    } else if (number !== this.#sequence + 1) {
      return lose({ code: 'FEED_SEQUENCE_GAP', sample: `${number} after ${this.#sequence}` });
    }
    const faulty =
      this.#change(this.#bids, Reflect.get(data, 'b')) ??
      this.#change(this.#asks, Reflect.get(data, 'a')) ??
      this.#contradiction();
    if (faulty !== null) return lose(faulty);
    this.#sequence = number;
    this.#lastTime = eventTime;
    this.#waitingSince = null;
    const levels = { bids: [...this.#bids.levels], asks: [...this.#asks.levels] };
    return { kind: 'changed', state: { ...levels, sequence: number } };
  }

  /** After a reconnect only a new snapshot says where things stand. */
  reset(): void {
    this.#sequence = null;
    this.#lastTime = null;
    this.#waitingSince = null;
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  /** It has been asked for again. */
  waitAnew(now: number): void {
    this.#waitingSince = now;
    this.#askedAt = now;
  }

  #lose({ code, sample }: Fault, to: number, receivedTime: number): BookOutcome {
    this.#fault(code, `${this.#instrument} book ${sample}`, this.#instrument);
    this.#sequence = null;
    this.#waitingSince = receivedTime;
    const askNow = receivedTime - this.#askedAt >= ASK_EVERY_MS;
    if (askNow) this.#askedAt = receivedTime;
    return { kind: 'lost', from: this.#lastTime, to, askNow };
  }

  /** After a loss deltas are known to be of no use until the snapshot that was asked for. */
  #withoutSnapshot(receivedTime: number): BookOutcome {
    if (this.#waitingSince === null) {
      const id = this.#instrument;
      this.#fault('FEED_DELTA_WITHOUT_SNAPSHOT', `${id} book`, id);
      this.#waitingSince = receivedTime;
    }
    return UNCHANGED;
  }

  /** Null when all of `changes` went in, else why not. */
  #change(side: Side, changes: unknown): Fault | null {
    if (!Array.isArray(changes)) return { code: 'FEED_FIELD_INVALID', sample: shown(changes) };
    for (const entry of changes as unknown[]) {
      const sample = shown(entry);
      if (!Array.isArray(entry)) return { code: 'FEED_FIELD_INVALID', sample };
      const price: unknown = entry[0];
      const quantity: unknown = entry[1];
      if (!isPositiveDecimal(price)) return { code: 'FEED_PRICE_INVALID', sample };
      if (!this.#isOnTick(price)) return { code: 'FEED_OFF_TICK', sample };
      if (!isDecimal(quantity)) return { code: 'FEED_QUANTITY_INVALID', sample };
      setLevel(side, price, quantity);
    }
    return null;
  }

  /** What no book of the venue can look like. */
  #contradiction(): Fault | null {
    const [bid, ask] = [this.#bids.levels[0], this.#asks.levels[0]];
    if (bid !== undefined && ask !== undefined && compareDecimals(bid[0], ask[0]) >= 0) {
      return { code: 'FEED_BOOK_CROSSED', sample: `${bid[0]} ${ask[0]}` };
    }
    const deepest = Math.max(this.#bids.levels.length, this.#asks.levels.length);
    if (deepest <= this.#depth) return null;
    return { code: 'FEED_BOOK_TOO_DEEP', sample: `${deepest} levels` };
  }
}

/** Sets, changes or, with quantity zero, removes a level. */
function setLevel({ levels, order }: Side, price: string, quantity: string): void {
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const here = levels[middle];
    if (here !== undefined && compareDecimals(here[0], price) * order < 0) low = middle + 1;
    else high = middle;
  }
  const found = levels[low];
  const isThere = found !== undefined && compareDecimals(found[0], price) === 0;
  if (!isPositiveDecimal(quantity)) {
    if (isThere) levels.splice(low, 1);
  } else {
    levels.splice(low, isThere ? 1 : 0, [price, quantity]);
  }
}
