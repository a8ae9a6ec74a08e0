import type { Bus } from './connection.ts';
import { fenceKey, QUOTES_KEY } from './keys.ts';
import { callLease } from './lease-functions.ts';

/** The events as bytes: text would be joined with the command and made bytes in one great piece. */
export type Entry = { readonly number: string; readonly packed: Buffer };

type Written = {
  readonly stream: string;
  readonly entries: readonly Entry[];
  /** Packed, by instrument. */
  readonly quotes: ReadonlyMap<string, string>;
  /** Entries that the stream keeps, about. */
  readonly keep: number;
};

/** One round trip: the entries and the latest quotes, under a fence or, without one, by anybody. */
export async function appendMarket(
  bus: Bus,
  { stream, entries, quotes, keep }: Written,
  fence: { readonly lease: string; readonly number: number } | undefined,
): Promise<void> {
  if (fence !== undefined) {
    const keys = [fenceKey(fence.lease), stream, QUOTES_KEY];
    const args: (string | Buffer)[] = entries.flatMap(({ number, packed }) => [number, packed]);
    for (const pair of quotes) args.push(...pair);
    await callLease(bus, 'append', keys, [fence.number, keep, entries.length, ...args]);
    return;
  }
  await bus.run(`XADD ${stream}`, async (redis) => {
    const pipeline = redis.pipeline();
    for (const { number, packed } of entries) {
      pipeline.xadd(stream, 'MAXLEN', '~', keep, '*', 'n', number, 'e', packed);
    }
    if (quotes.size > 0) pipeline.hset(QUOTES_KEY, Object.fromEntries(quotes));
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  });
}
