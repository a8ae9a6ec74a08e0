import { type Bus, recentMarket } from '@ballast/bus';
import { MARKET_VENUES } from '@ballast/domain';
import type { Published } from '../hub/output.ts';

/**
 * Two processes hear the same trade this far apart, and the one that let it out may have had it in
 * hand for a moment. Where nobody can say any more, twice is better than never.
 */
const HEARD_APART_MS = 500;

/** What the streams of all venues say of what was let out before; times epoch ms. */
export async function recentlyPublished(
  bus: Bus,
  { since, lastActiveAt }: { readonly since: number; readonly lastActiveAt: number },
): Promise<Published> {
  const streams = await Promise.all(
    MARKET_VENUES.map(async (venue) => ({ venue, ...(await recentMarket(bus, venue, since)) })),
  );
  const goneBefore = new Map<string, number>();
  for (const { venue, goneBefore: gone } of streams) {
    if (gone !== null) goneBefore.set(venue, Math.min(gone, lastActiveAt - HEARD_APART_MS));
  }
  return { since, events: streams.flatMap(({ events }) => events), goneBefore };
}
