import { type Bus, type RecentMarket, recentMarket, recentMarketBars } from '@ballast/bus';
import { type Bar, MARKET_VENUES } from '@ballast/domain';
import type { Published } from '../hub/output.ts';

/**
 * Two processes hear the same trade this far apart, and the one that let it out may have had it in
 * hand for a moment. Where nobody can say any more, twice is better than never.
 */
const HEARD_APART_MS = 500;

type Asked = {
  /** From when on all is read, and from when on bars; epoch ms. */
  readonly since: number;
  readonly barsSince: number;
  readonly lastActiveAt: number;
};

/** What the streams of all venues say of what was let out before. */
export async function recentlyPublished(
  bus: Bus,
  { since, barsSince, lastActiveAt }: Asked,
): Promise<Published> {
  const [all, bars] = await Promise.all([
    ofVenues((venue) => recentMarket(bus, venue, since)),
    ofVenues((venue) => recentMarketBars(bus, venue, barsSince)),
  ]);
  const until = lastActiveAt - HEARD_APART_MS;
  const events = [...all.values()].flatMap((stream) => stream.events);
  const barsGoneBefore = goneBefore(bars, until);
  // A stream of bars begins with its first one: what the other has of them is known all the same.
  for (const [venue, gone] of barsGoneBefore) {
    barsGoneBefore.set(venue, Math.min(gone, all.get(venue)?.goneBefore ?? since));
  }
  return {
    events,
    bars: [...[...bars.values()].flatMap((stream) => stream.events), ...events].flatMap(barOf),
    goneBefore: goneBefore(all, until),
    barsGoneBefore,
  };
}

async function ofVenues(
  read: (venue: string) => Promise<RecentMarket>,
): Promise<ReadonlyMap<string, RecentMarket>> {
  return new Map(
    await Promise.all(MARKET_VENUES.map(async (venue) => [venue, await read(venue)] as const)),
  );
}

function goneBefore(
  streams: ReadonlyMap<string, RecentMarket>,
  until: number,
): Map<string, number> {
  const all = new Map<string, number>();
  for (const [venue, { goneBefore: gone }] of streams) {
    if (gone !== null) all.set(venue, Math.min(gone, until));
  }
  return all;
}

const barOf = (event: RecentMarket['events'][number]): Bar[] =>
  event.kind === 'bar' ? [event.bar] : [];
