import type { Bus } from './connection.ts';
import { barsStream, fenceKey, marketStream, QUOTES_KEY } from './keys.ts';
import { callLease } from './lease-functions.ts';

/**
 * As bytes: text would be joined with the command and made bytes in one great piece. The bars once
 * more by themselves, under the same number: sent again, they are known again. Never those of
 * several entries in one, since Redis refuses what is too long, however often it is sent.
 */
export type Entry = {
  readonly number: string;
  readonly packed: Buffer;
  /** Those of the events that are bars; empty when none is. */
  readonly packedBars: Buffer;
};

type Written = {
  readonly venue: string;
  readonly entries: readonly Entry[];
  /** Packed, by instrument. */
  readonly quotes: ReadonlyMap<string, string>;
  /** Entries that the stream keeps, about. */
  readonly keep: number;
};

/**
 * Bars are kept for this long, about, by the clock of Redis. Not a number of entries: one may hold
 * the bars of many instruments, or of one.
 */
const BARS_KEPT_MS = 30 * 60_000;

/**
 * One round trip: the entries, their bars and the latest quotes, under a fence or, without one, by
 * anybody.
 */
export async function appendMarket(
  bus: Bus,
  { venue, entries, quotes, keep }: Written,
  fence: { readonly lease: string; readonly number: number } | undefined,
): Promise<void> {
  const [stream, ofBars] = [marketStream(venue), barsStream(venue)];
  if (fence !== undefined) {
    const keys = [fenceKey(fence.lease), stream, QUOTES_KEY, ofBars];
    const args: (string | number | Buffer)[] = [fence.number, keep, BARS_KEPT_MS, entries.length];
    for (const { number, packed, packedBars } of entries) args.push(number, packed, packedBars);
    for (const pair of quotes) args.push(...pair);
    await callLease(bus, 'append', keys, args);
    return;
  }
  await bus.run(`XADD ${stream}`, async (redis) => {
    const pipeline = redis.pipeline();
    const oldest = Date.now() - BARS_KEPT_MS;
    for (const { number, packed, packedBars } of entries) {
      pipeline.xadd(stream, 'MAXLEN', '~', keep, '*', 'n', number, 'e', packed);
      if (packedBars.length === 0) continue;
      pipeline.xadd(ofBars, 'MINID', '~', oldest, '*', 'n', number, 'e', packedBars);
    }
    if (quotes.size > 0) pipeline.hset(QUOTES_KEY, Object.fromEntries(quotes));
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  });
}
