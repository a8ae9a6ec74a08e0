import { FeedError } from '../faults.ts';
import type { Route } from '../feed.ts';

/** What the source allows on the one connection of a key. */
const SYMBOLS_PER_KEY = 50;

/**
 * Parts routes among `keys` keys. A symbol stays with its key, so that a change elsewhere costs it
 * nothing. @throws FeedError FEED_ROUTES_TOO_MANY
 */
export function shareRoutes(
  routes: readonly Route[],
  keys: number,
  before: readonly (readonly Route[])[] = [],
): Route[][] {
  const max = keys * SYMBOLS_PER_KEY;
  if (routes.length > max) {
    const message = `${routes.length} symbols, ${max} fit into ${keys} keys of ${SYMBOLS_PER_KEY}`;
    throw new FeedError('FEED_ROUTES_TOO_MANY', message);
  }
  const keyOf = new Map(
    before.flatMap((share, key) => share.map(({ symbol }): [string, number] => [symbol, key])),
  );
  const shares = Array.from({ length: keys }, (): Route[] => []);
  const isNew = (route: Route): boolean => !keyOf.has(route.symbol);
  for (const route of routes) shares[keyOf.get(route.symbol) ?? keys]?.push(route);
  for (const route of routes.filter(isNew)) {
    const emptiest = shares.reduce((least, share) => (share.length < least.length ? share : least));
    emptiest.push(route);
  }
  return shares;
}
