import { type MarketEvent, unpackMarketEvents } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Redis } from 'ioredis';
import { BLOCK_MS, callback, type Reader, startReader } from './blocking-reader.ts';
import type { Bus } from './connection.ts';
import { BusError } from './errors.ts';
import { barsStream, marketStream } from './keys.ts';
import { type StreamEntry, streamEntries } from './stream-reply.ts';

const ENTRIES_PER_READ = 100;
const BEFORE_ALL = '0-0';

/**
 * Entries that this reader should have seen and that are gone: trimmed,
 * or dropped by the publisher.
 */
export type MarketGap = { readonly entries: number; readonly entryId: string };

type ReadOptions = {
  /** Whose instruments; each venue has a stream of its own, in order by itself. */
  venues: readonly string[];
  /** `$`: what comes from now on; `0`: all that is still there; or the entry id to go on after. */
  from: string;
  onBatch(events: MarketEvent[], entryId: string): void | Promise<void>;
  onGap?(gap: MarketGap): void;
  /** Called once when the reader has ended by itself; without it the error reaches the process. */
  onFail?(error: Error): void;
  log: Logger;
  name: string;
};

type Place = { lastId: string; run: string; lastSequence: number };

/**
 * Reads the streams of venues, each in its order, on a connection of their own; goes on after the
 * last entries on reconnect.
 */
export function readMarket(url: string, options: ReadOptions): Reader {
  const { venues, onBatch, onGap, log, name } = options;
  const places = new Map<string, Place>(
    venues.map((venue) => [
      marketStream(venue),
      { lastId: options.from, run: '', lastSequence: 0 },
    ]),
  );
  const streams = [...places.keys()];

  async function onConnect(redis: Redis): Promise<void> {
    for (const [stream, place] of places) {
      if (place.lastId !== '$') continue;
      // Resolved once: `$` again after a reconnect would skip what came meanwhile.
      const newest = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
      place.lastId = newest[0]?.[0] ?? BEFORE_ALL;
    }
  }

  /** False for an entry that was written twice because the answer to its first write was lost. */
  function isNew(entry: StreamEntry, place: Place): boolean {
    const [entryRun = '', text = ''] = (entry.fields?.get('n') ?? '').split(':');
    const sequence = Number(text);
    const isSameRun = entryRun === place.run;
    if (isSameRun && sequence <= place.lastSequence) return false;
    // The beginning of a run that came while we did not read may have been trimmed.
    const before = isSameRun ? place.lastSequence : 0;
    const missing = place.run === '' ? 0 : sequence - before - 1;
    place.run = entryRun;
    place.lastSequence = sequence;
    if (missing > 0) {
      const { stream } = entry;
      log.warn({ code: 'MARKET_GAP', stream, entries: missing, entryId: entry.id }, 'entries lost');
      onGap?.({ entries: missing, entryId: entry.id });
    }
    return true;
  }

  return startReader({
    url,
    name,
    log,
    onFail: options.onFail,
    onConnect,
    read: (redis) =>
      redis.xread(
        ...(['COUNT', ENTRIES_PER_READ, 'BLOCK', BLOCK_MS] as const),
        'STREAMS',
        ...streams,
        ...streams.map((stream) => places.get(stream)?.lastId ?? BEFORE_ALL),
      ),
    async handle(_redis, reply) {
      for (const entry of streamEntries(reply)) {
        const packed = entry.fields?.get('e');
        const place = places.get(entry.stream);
        if (packed === undefined || place === undefined) {
          const message = `${entry.stream} entry ${entry.id} has no events`;
          throw new BusError('BUS_REPLY_MALFORMED', message);
        }
        if (isNew(entry, place))
          await callback(() => onBatch(unpackMarketEvents(packed), entry.id));
        place.lastId = entry.id;
      }
    },
  });
}

/** A read of what was published lately asks for so many entries at a time. */
const RECENT_PAGE = 5_000;
/** Twice of what a publisher keeps at most: whoever reads knows all that is still there. */
const RECENT_ENTRIES_MAX = 40_000;

export type RecentMarket = {
  /** What the stream has got since then, oldest first. */
  readonly events: MarketEvent[];
  /**
   * What was published before (epoch ms, by the clock of Redis) is not there any more: lost with
   * Redis, or trimmed. Null where the stream reaches back to all that was asked for.
   */
  readonly goneBefore: number | null;
};

/** What a venue's stream has got since `since` (epoch ms, by the clock of Redis). */
export async function recentMarket(bus: Bus, venue: string, since: number): Promise<RecentMarket> {
  return await recentOf(bus, marketStream(venue), since);
}

/** The bars alone, which are kept for longer. */
export async function recentMarketBars(
  bus: Bus,
  venue: string,
  since: number,
): Promise<RecentMarket> {
  return await recentOf(bus, barsStream(venue), since);
}

async function recentOf(bus: Bus, stream: string, since: number): Promise<RecentMarket> {
  const newest: [id: string, fields: string[]][] = [];
  const page = (end: string, begin: string, count: number) =>
    bus.run(`XREVRANGE ${stream}`, (redis) => redis.xrevrange(stream, end, begin, 'COUNT', count));
  for (let end = '+'; newest.length < RECENT_ENTRIES_MAX;) {
    const entries = await page(end, String(since), RECENT_PAGE);
    newest.push(...entries);
    if (entries.length < RECENT_PAGE) break;
    end = `(${entries.at(-1)?.[0] ?? BEFORE_ALL}`;
  }
  const before = await page(String(Math.max(0, since - 1)), '-', 1);
  const oldest = newest.at(-1)?.[0].split('-')[0] ?? Number.POSITIVE_INFINITY;
  const seen = new Set<string>();
  const events = newest.toReversed().flatMap(([, fields]) => {
    const number = fields[fields.indexOf('n') + 1] ?? '';
    const packed = fields[fields.indexOf('e') + 1] ?? '';
    if (seen.has(number)) return [];
    seen.add(number);
    return unpackMarketEvents(packed);
  });
  return { events, goneBefore: before.length > 0 ? null : Number(oldest) };
}
