import { type MarketEvent, packMarketEvents } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Bus } from './connection.ts';
import { BusError } from './errors.ts';
import { marketStream } from './keys.ts';
import { appendMarket, type Entry } from './market-append.ts';
import { packedQuotes, thinOut } from './market-batch.ts';

/** Events that wait while Redis is away or slow; about ten seconds of a busy feed. */
const BUFFER_EVENTS_MAX = 200_000;
const ENTRY_EVENTS_MAX = 500;
/** Events of one round trip: what has gathered leaves together, as several entries. */
const WRITE_EVENTS_MAX = 20 * ENTRY_EVENTS_MAX;
/**
 * More than this waits only while writes fail: what has to wait behind the next write survives
 * the quick collections of garbage, which doubles what an event costs.
 */
const PRESSED_EVENTS = 2 * WRITE_EVENTS_MAX;
const STREAM_ENTRIES_MAX = 20_000;
const STREAM_ENTRIES_MIN = 500;
/** Redis has a memory limit that commands share: market data may take this much of it. */
const STREAM_BYTES_MAX = 128 * 1_048_576;
/** Weight of one entry in the running mean of entry sizes. */
const SIZE_WEIGHT = 0.02;
const RETRY_DELAY_MS = 200;
const CLOSE_WITHIN_MS = 1_000;
const LOG_EVERY_MS = 1_000;

/** The tenure of a lease: the publisher writes under its fence only, and ends with it. */
export type PublisherFence = {
  /** Name of the lease. */
  readonly lease: string;
  readonly number: number;
  /** Asked right before each write. */
  isHeld(): boolean;
  /** Called once: the lease is over or Redis has seen a higher fence. Nothing more is written. */
  onFenced(): void;
};

/**
 * `surplus`: more waited than there is room for. `ended`: the publisher was closed or fenced; what
 * was under way may have been written all the same.
 */
export type Unwritten = 'surplus' | 'ended';

type PublisherOptions = {
  log: Logger;
  /** Names this run of the publisher, so that readers can tell a restart from a gap. */
  runId: string;
  bufferEventsMax?: number;
  /**
   * True when more waits than two writes take, or half of the buffer while writes fail: the source
   * should pause; false once little is left.
   */
  onPressure?(high: boolean): void;
  /** Events that no reader gets from here; told at once, each event once. */
  onUnwritten?(events: readonly MarketEvent[], why: Unwritten): void;
  /** Entries kept, MAXLEN ~; fewer when they are large. */
  streamEntriesMax?: number;
  /** Without one anybody may write. */
  fence?: PublisherFence;
};

type Counts = {
  events: number;
  entries: number;
  dropped: number;
  /** Events that were left to the holder of a higher fence; a write without an answer is in it. */
  fenced: number;
  failedWrites: number;
};

export type MarketPublisher = {
  /** Takes the event; it leaves at the end of this turn of the event loop. */
  publish(event: MarketEvent): void;
  /** Resolves when all that was published before has been stored or dropped. */
  flush(): Promise<void>;
  readonly counts: Counts;
  /** Takes nothing more, gives what waits a last second, and counts the rest as dropped. */
  close(): Promise<void>;
};

/**
 * One entry per turn of the event loop, one write under way: while it is, events gather for the
 * next. Entries carry `<runId>:<sequence>`: a write whose answer was lost is sent again under its
 * number and readers drop the double; dropped events skip a number, so that readers see the gap.
 * When the buffer is full the oldest events go, but for closed bars and the newest quotes: a late
 * price is worth less than a new one, where there is a new one.
 */
export function createMarketPublisher(
  bus: Bus,
  venue: string,
  options: PublisherOptions,
): MarketPublisher {
  return new Publisher(bus, venue, options);
}

class Publisher implements MarketPublisher {
  readonly counts: Counts = { events: 0, entries: 0, dropped: 0, fenced: 0, failedWrites: 0 };
  readonly #bus: Bus;
  readonly #venue: string;
  readonly #options: PublisherOptions;
  readonly #bufferEventsMax: number;
  #waiting: MarketEvent[] = [];
  #sequence = 0;
  #underWay: Promise<void> | undefined;
  #pressed = false;
  #failing = false;
  #closing = false;
  #closed = false;
  #fenced = false;
  #loggedAt = 0;
  #meanBytes = 1;

  constructor(bus: Bus, venue: string, options: PublisherOptions) {
    this.#bus = bus;
    this.#venue = venue;
    this.#options = options;
    this.#bufferEventsMax = options.bufferEventsMax ?? BUFFER_EVENTS_MAX;
  }

  publish(event: MarketEvent): void {
    if (this.#fenced) {
      this.counts.fenced += 1;
      this.#options.onUnwritten?.([event], 'ended');
      return;
    }
    if (this.#closing) return this.#drop([event], 'ended');
    this.#waiting.push(event);
    if (!this.#pressed && this.#waiting.length > this.#pressAt()) this.#press(true);
    if (this.#waiting.length > this.#bufferEventsMax) this.#shorten();
    this.#underWay ??= this.#drain();
  }

  async flush(): Promise<void> {
    await this.#underWay;
  }

  async close(): Promise<void> {
    this.#closing = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CLOSE_WITHIN_MS);
    await Promise.race([this.#underWay, promise]);
    clearTimeout(timer);
    this.#closed = true;
  }

  #pressAt(): number {
    const half = this.#bufferEventsMax / 2;
    return this.#failing ? half : Math.min(half, PRESSED_EVENTS);
  }

  #press(high: boolean): void {
    this.#pressed = high;
    this.#options.onPressure?.(high);
  }

  /** A tenth at a time: to cut the front for each event would cost the length of the list. */
  #shorten(): void {
    const surplus = Math.max(1, Math.floor(this.#bufferEventsMax / 10));
    const { kept, lost } = thinOut(this.#waiting.splice(0, surplus));
    this.#waiting.unshift(...kept);
    this.#sequence += 1;
    this.#drop(lost, 'surplus');
  }

  #drop(events: readonly MarketEvent[], why: Unwritten): void {
    this.counts.dropped += events.length;
    this.#options.onUnwritten?.(events, why);
    const fields = { code: 'MARKET_EVENTS_DROPPED', dropped: this.counts.dropped };
    this.#logNow(() => this.#options.log.error(fields, 'market events dropped'));
  }

  #leave(batch: readonly MarketEvent[]): void {
    const left = [...batch, ...this.#waiting];
    this.counts.fenced += left.length;
    this.#waiting = [];
    this.#fenced = true;
    if (this.#pressed) this.#press(false);
    const fence = this.#options.fence;
    const fields = { code: 'FENCED', fence: fence?.number, fenced: this.counts.fenced };
    this.#options.log.warn(fields, `${marketStream(this.#venue)} is written by another`);
    fence?.onFenced();
    this.#options.onUnwritten?.(left, 'ended');
  }

  /** Troubles come with every event; the log gets one line a second. */
  #logNow(write: () => void): void {
    const now = Date.now();
    if (now - this.#loggedAt < LOG_EVERY_MS) return;
    this.#loggedAt = now;
    write();
  }

  async #drain(): Promise<void> {
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const all = this.#waiting.length <= WRITE_EVENTS_MAX;
      const batch = all ? this.#waiting : this.#waiting.slice(0, WRITE_EVENTS_MAX);
      this.#waiting = all ? [] : this.#waiting.slice(WRITE_EVENTS_MAX);
      const isLow = this.#waiting.length < this.#pressAt() / 5;
      if (this.#pressed && isLow) this.#press(false);
      await this.#write(batch);
    }
    this.#underWay = undefined;
  }

  async #write(batch: MarketEvent[]): Promise<void> {
    const entries: Entry[] = [];
    for (let start = 0; start < batch.length; start += ENTRY_EVENTS_MAX) {
      this.#sequence += 1;
      const events = batch.slice(start, start + ENTRY_EVENTS_MAX);
      const packed = Buffer.from(packMarketEvents(events));
      const bars = events.filter(({ kind }) => kind === 'bar');
      const packedBars = Buffer.from(packMarketEvents(bars));
      entries.push({ number: `${this.#options.runId}:${this.#sequence}`, packed, packedBars });
      this.#meanBytes += (packed.length - this.#meanBytes) * SIZE_WEIGHT;
    }
    const quotes = packedQuotes(batch);
    while (!this.#closed) {
      if (this.#options.fence?.isHeld() === false) return this.#leave(batch);
      try {
        await this.#send({ entries, quotes });
        this.#failing = false;
        this.counts.events += batch.length;
        this.counts.entries += entries.length;
        return;
      } catch (error) {
        if (error instanceof BusError && error.code === 'FENCED') return this.#leave(batch);
        this.counts.failedWrites += 1;
        this.#failing = true;
        const fields = { err: error, venue: this.#venue, waiting: this.#waiting.length };
        this.#logNow(() => this.#options.log.warn(fields, 'market data waits'));
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    }
    this.#drop(batch, 'ended');
  }

  async #send(written: Omit<Parameters<typeof appendMarket>[1], 'venue' | 'keep'>): Promise<void> {
    const affordable = Math.max(STREAM_ENTRIES_MIN, Math.floor(STREAM_BYTES_MAX / this.#meanBytes));
    const keep = Math.min(this.#options.streamEntriesMax ?? STREAM_ENTRIES_MAX, affordable);
    const all = { ...written, venue: this.#venue, keep };
    await appendMarket(this.#bus, all, this.#options.fence);
  }
}
