import { type MarketEvent, unpackMarketEvents } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Redis } from 'ioredis';
import { BLOCK_MS, callback, type Reader, startReader } from './blocking-reader.ts';
import { BusError } from './errors.ts';
import { marketStream } from './keys.ts';
import { type StreamEntry, streamEntries } from './stream-reply.ts';

const ENTRIES_PER_READ = 100;
const BEFORE_ALL = '0-0';

/**
 * Entries that this reader should have seen and that are gone: trimmed,
 * or dropped by the publisher.
 */
export type MarketGap = { readonly entries: number; readonly entryId: string };

type ReadOptions = {
  venue: string;
  /** `$`: what comes from now on; `0`: all that is still there; or the entry id to go on after. */
  from: string;
  onBatch(events: MarketEvent[], entryId: string): void | Promise<void>;
  onGap?(gap: MarketGap): void;
  /** Called once when the reader has ended by itself; without it the error reaches the process. */
  onFail?(error: Error): void;
  log: Logger;
  name: string;
};

/**
 * Reads a venue's stream in order, on its own connection;
 * goes on after the last entry on reconnect.
 */
export function readMarket(url: string, options: ReadOptions): Reader {
  const { venue, onBatch, onGap, log, name } = options;
  const stream = marketStream(venue);
  let lastId = options.from;
  let run = '';
  let lastSequence = 0;

  async function onConnect(redis: Redis): Promise<void> {
    if (lastId !== '$') return;
    // Resolved once: `$` again after a reconnect would skip what came meanwhile.
    const newest = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
    lastId = newest[0]?.[0] ?? BEFORE_ALL;
  }

  /** False for an entry that was written twice because the answer to its first write was lost. */
  function isNew(entry: StreamEntry): boolean {
    const [entryRun = '', text = ''] = (entry.fields?.get('n') ?? '').split(':');
    const sequence = Number(text);
    if (entryRun === run && sequence <= lastSequence) return false;
    const missing = entryRun === run ? sequence - lastSequence - 1 : 0;
    run = entryRun;
    lastSequence = sequence;
    if (missing > 0) {
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
      redis.xread('COUNT', ENTRIES_PER_READ, 'BLOCK', BLOCK_MS, 'STREAMS', stream, lastId),
    async handle(_redis, reply) {
      for (const entry of streamEntries(reply)) {
        const packed = entry.fields?.get('e');
        if (packed === undefined) {
          throw new BusError('BUS_REPLY_MALFORMED', `${stream} entry ${entry.id} has no events`);
        }
        if (isNew(entry)) await callback(() => onBatch(unpackMarketEvents(packed), entry.id));
        lastId = entry.id;
      }
    },
  });
}
