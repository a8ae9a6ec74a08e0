import type { FeedOptions } from '../connection/feed-options.ts';
import { joinCounts, joinHandlers } from '../connection/joined-feed.ts';
import { checkRoutes } from '../connection/routes.ts';
import { openSocketFeed } from '../connection/socket-feed.ts';
import { FeedError } from '../faults.ts';
import type { Feed, Route } from '../feed.ts';
import { shareRoutes } from './key-shares.ts';
import { createFinnhubProtocol } from './trade-protocol.ts';

const TIMES = {
  staleAfterMs: 75_000,
  pingEveryMs: 20_000,
  answerTimeoutMs: 10_000,
  reconnectDelayMaxMs: 60_000,
};

export type FinnhubFeedOptions = FeedOptions & {
  /** For example wss://ws.finnhub.io; the key is added to it. */
  url: string;
  /** Each key carries one connection with 50 symbols. Never logged. */
  keys: readonly string[];
};

/**
 * Trades from Finnhub, over as many connections as there are keys. Starts at once.
 * @throws FeedError FEED_KEY_MISSING, FEED_ROUTES_TOO_MANY, FEED_ROUTE_REPEATED, FEED_URL_INVALID
 */
export function openFinnhubFeed(options: FinnhubFeedOptions): Feed {
  const { keys, url } = options;
  if (keys.length === 0) throw new FeedError('FEED_KEY_MISSING', 'finnhub needs a key');
  if (!URL.canParse(url)) throw new FeedError('FEED_URL_INVALID', 'finnhub: no address');
  checkRoutes(options.routes);
  let shares = shareRoutes(options.routes, keys.length);
  const handlers = joinHandlers(keys.length, options.handlers);
  const feeds = keys.map((key, index) => {
    const { href, host } = withKey(url, key);
    const label = `finnhub ${host}, key ${index + 1} of ${keys.length}`;
    const own = { routes: shares[index] ?? [], handlers: handlers[index] ?? options.handlers };
    return openSocketFeed({ url: href, label }, { ...TIMES, ...options, ...own }, (link) => {
      const isSecret = new RegExp([key, encodeURIComponent(key)].map(RegExp.escape).join('|'), 'g');
      return createFinnhubProtocol({
        send: link.send,
        fault: (code, sample, of) => link.fault(code, sample.replace(isSecret, '…'), of),
      });
    });
  });

  return {
    source: 'finnhub',
    get counts() {
      return joinCounts(feeds);
    },
    setRoutes(routes: readonly Route[]) {
      checkRoutes(routes);
      shares = shareRoutes(routes, keys.length, shares);
      for (const [index, feed] of feeds.entries()) feed.setRoutes(shares[index] ?? []);
    },
    setPaused(paused) {
      for (const feed of feeds) feed.setPaused(paused);
    },
    async stop() {
      await Promise.all(feeds.map((feed) => feed.stop()));
    },
  };
}

function withKey(url: string, key: string): URL {
  const address = new URL(url);
  address.searchParams.set('token', key);
  return address;
}
