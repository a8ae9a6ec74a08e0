import { type MarketEvent, packMarketEvents } from '@ballast/domain';
import type { Logger } from '@ballast/observability';

import type { ChainableCommander } from 'ioredis';

import type { Bus } from './connection.ts';
import { QUOTES_KEY, marketStream } from './keys.ts';

/** Events that wait while Redis is away or slow; about ten seconds of a busy feed. */
const BUFFER_EVENTS_MAX = 200_000;
const ENTRY_EVENTS_MAX = 500;
/** Events of one round trip: what has gathered leaves together, as several entries. */
const WRITE_EVENTS_MAX = 20 * ENTRY_EVENTS_MAX;
const STREAM_ENTRIES_MAX = 20_000;
const STREAM_ENTRIES_MIN = 500;
/** Redis has a memory limit that commands share: market data may take this much of it. */
const STREAM_BYTES_MAX = 128 * 1_048_576;
/** Weight of one entry in the running mean of entry sizes. */
const SIZE_WEIGHT = 0.02;
const RETRY_DELAY_MS = 200;
const CLOSE_WITHIN_MS = 1_000;
const LOG_EVERY_MS = 1_000;

type PublisherOptions = {
  log: Logger;
  /** Names this run of the publisher, so that readers can tell a restart from a gap. */
  runId: string;
  bufferEventsMax?: number;
  /** True when half of the buffer is full: the source should pause; false once it is nearly empty again. */
  onPressure?(high: boolean): void;
  /** Entries kept, MAXLEN ~; fewer when they are large. */
  streamEntriesMax?: number;
};

export type MarketPublisher = {
  /** Takes the event; it leaves at the end of this turn of the event loop. */
  publish(event: MarketEvent): void;
  /** Resolves when all that was published before has been stored or dropped. */
  flush(): Promise<void>;
  readonly counts: { events: number; entries: number; dropped: number; failedWrites: number };
  /** Takes nothing more, gives what waits a last second, and counts the rest as dropped. */
  close(): Promise<void>;
};

/**
 * One entry per turn of the event loop, one write under way: while it is, events gather for the next.
 * Entries carry `<runId>:<sequence>`: a write whose answer was lost is sent again under its number and readers
 * drop the double; dropped events skip a number, so that readers see the gap.
 * When the buffer is full the oldest events go: a late price is worth less than a new one.
 */
export function createMarketPublisher(
  bus: Bus,
  venue: string,
  options: PublisherOptions,
): MarketPublisher {
  const { log, runId, bufferEventsMax = BUFFER_EVENTS_MAX } = options;
  const streamEntriesMax = options.streamEntriesMax ?? STREAM_ENTRIES_MAX;
  const stream = marketStream(venue);
  const counts = { events: 0, entries: 0, dropped: 0, failedWrites: 0 };
  let waiting: MarketEvent[] = [];
  let sequence = 0;
  let underWay: Promise<void> | undefined;
  let pressed = false;
  let closing = false;
  let closed = false;
  let loggedAt = 0;
  let meanBytes = 1;

  function publish(event: MarketEvent): void {
    if (closing) {
      drop(1);
      return;
    }
    waiting.push(event);
    if (!pressed && waiting.length > bufferEventsMax / 2) press(true);
    // A tenth at a time: cutting the front of the list for each event would cost its whole length.
    if (waiting.length > bufferEventsMax) {
      const surplus = Math.max(1, Math.floor(bufferEventsMax / 10));
      waiting.splice(0, surplus);
      sequence += 1;
      drop(surplus);
    }
    underWay ??= drain();
  }

  function press(high: boolean): void {
    pressed = high;
    options.onPressure?.(high);
  }

  function drop(events: number): void {
    counts.dropped += events;
    const { dropped } = counts;
    logNow(() => log.error({ code: 'MARKET_EVENTS_DROPPED', stream, dropped }, 'events dropped'));
  }

  /** Troubles come with every event; the log gets one line a second. */
  function logNow(write: () => void): void {
    const now = Date.now();
    if (now - loggedAt < LOG_EVERY_MS) return;
    loggedAt = now;
    write();
  }

  async function drain(): Promise<void> {
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const all = waiting.length <= WRITE_EVENTS_MAX;
      const batch = all ? waiting : waiting.slice(0, WRITE_EVENTS_MAX);
      waiting = all ? [] : waiting.slice(WRITE_EVENTS_MAX);
      if (pressed && waiting.length < bufferEventsMax / 10) press(false);
      await write(batch);
    }
    underWay = undefined;
  }

  async function write(batch: MarketEvent[]): Promise<void> {
    const entries: { number: string; packed: string }[] = [];
    for (let start = 0; start < batch.length; start += ENTRY_EVENTS_MAX) {
      sequence += 1;
      const packed = packMarketEvents(batch.slice(start, start + ENTRY_EVENTS_MAX));
      entries.push({ number: `${runId}:${sequence}`, packed });
      meanBytes += (packed.length - meanBytes) * SIZE_WEIGHT;
    }
    const quotes = latestByInstrument(batch);
    while (!closed) {
      try {
        await bus.run(`XADD ${stream}`, (redis) => send(redis.pipeline(), entries, quotes));
        counts.events += batch.length;
        counts.entries += entries.length;
        return;
      } catch (error) {
        counts.failedWrites += 1;
        logNow(() =>
          log.warn({ err: error, stream, waiting: waiting.length }, 'market data waits'),
        );
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    }
    drop(batch.length);
  }

  async function send(
    pipeline: ChainableCommander,
    entries: readonly { number: string; packed: string }[],
    quotes: Map<string, string>,
  ): Promise<void> {
    const affordable = Math.max(STREAM_ENTRIES_MIN, Math.floor(STREAM_BYTES_MAX / meanBytes));
    const keep = Math.min(streamEntriesMax, affordable);
    for (const { number, packed } of entries) {
      pipeline.xadd(stream, 'MAXLEN', '~', keep, '*', 'n', number, 'e', packed);
    }
    if (quotes.size > 0) pipeline.hset(QUOTES_KEY, quotes);
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  }

  return {
    publish,
    flush: async () => await underWay,
    counts,
    async close() {
      closing = true;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, CLOSE_WITHIN_MS);
      await Promise.race([underWay, promise]);
      clearTimeout(timer);
      closed = true;
    },
  };
}

function latestByInstrument(batch: readonly MarketEvent[]): Map<string, string> {
  const latest = new Map<string, MarketEvent>();
  for (const event of batch) {
    if (event.kind === 'quote') latest.set(event.quote.instrument, event);
  }
  const packed = new Map<string, string>();
  for (const [instrument, event] of latest) packed.set(instrument, packMarketEvents([event]));
  return packed;
}
