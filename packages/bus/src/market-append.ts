import type { Bus } from './connection.ts';
import { barsStream, fenceKey, marketStream, QUOTES_KEY } from './keys.ts';
import { callLease } from './lease-functions.ts';

/** The events as bytes: text would be joined with the command and made bytes in one great piece. */
export type Entry = { readonly number: string; readonly packed: Buffer };

type Written = {
  readonly venue: string;
  readonly entries: readonly Entry[];
  /** Those of the events that are bars. */
  readonly bars: Entry | null;
  /** Packed, by instrument. */
  readonly quotes: ReadonlyMap<string, string>;
  /** Entries that the stream keeps, about. */
  readonly keep: number;
};

/**
 * Bars are kept for this long, about, by the clock of Redis. Not a number of entries: one may hold
 * the bars of all instruments, or of one.
 */
const BARS_KEPT_MS = 30 * 60_000;
const NO_BARS: Entry = { number: '', packed: Buffer.alloc(0) };

/**
 * One round trip: the entries, their bars and the latest quotes, under a fence or, without one, by
 * anybody.
 */
export async function appendMarket(
  bus: Bus,
  { venue, entries, bars, quotes, keep }: Written,
  fence: { readonly lease: string; readonly number: number } | undefined,
): Promise<void> {
  const [stream, ofBars] = [marketStream(venue), barsStream(venue)];
  if (fence !== undefined) {
    const keys = [fenceKey(fence.lease), stream, QUOTES_KEY, ofBars];
    const { number: barsNumber, packed: packedBars } = bars ?? NO_BARS;
    const args: (string | number | Buffer)[] = [
      ...entries.flatMap(({ number, packed }) => [number, packed]),
      ...[BARS_KEPT_MS, barsNumber, packedBars],
    ];
    for (const pair of quotes) args.push(...pair);
    await callLease(bus, 'append', keys, [fence.number, keep, entries.length, ...args]);
    return;
  }
  await bus.run(`XADD ${stream}`, async (redis) => {
    const pipeline = redis.pipeline();
    for (const { number, packed } of entries) {
      pipeline.xadd(stream, 'MAXLEN', '~', keep, '*', 'n', number, 'e', packed);
    }
    if (bars !== null) {
      const { number, packed } = bars;
      const oldest = Date.now() - BARS_KEPT_MS;
      pipeline.xadd(ofBars, 'MINID', '~', oldest, '*', 'n', number, 'e', packed);
    }
    if (quotes.size > 0) pipeline.hset(QUOTES_KEY, Object.fromEntries(quotes));
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  });
}
