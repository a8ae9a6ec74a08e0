import type { FeedOptions } from '../connection/feed-options.ts';
import { openSocketFeed } from '../connection/socket-feed.ts';
import type { Feed } from '../feed.ts';
import { createBybitProtocol } from './public-protocol.ts';
import type { BybitCategory } from './symbol-reader.ts';

const BOOK_DEPTH = 50;
const TIMES = {
  staleAfterMs: 10_000,
  pingEveryMs: 20_000,
  answerTimeoutMs: 10_000,
  reconnectDelayMaxMs: 30_000,
};

export type BybitFeedOptions = FeedOptions & {
  /** Any address at the venue's public socket host, for example wss://stream.bybit.com. */
  url: string;
  /** Which market the routes are of; default linear. */
  category?: BybitCategory;
  /** Follows the order book, 50 levels, as `book` events; costs many times the rest. */
  book?: boolean;
};

/**
 * Trades, best prices, one-minute bars and, when asked for, order books from ByBit v5. Starts at
 * once. @throws FeedError FEED_ROUTE_REPEATED; TypeError where `url` is no address
 */
export function openBybitFeed(options: BybitFeedOptions): Feed {
  const times = { ...TIMES, ...options };
  const category = options.category ?? 'linear';
  const url = new URL(`/v5/public/${category}`, options.url).href;
  const wanted = { category, bookDepth: options.book === true ? BOOK_DEPTH : null };
  return openSocketFeed({ url, label: url }, times, (link) =>
    createBybitProtocol(link, wanted, times.answerTimeoutMs),
  );
}
